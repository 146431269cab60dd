-- The library and the script are of one version, and the extension is where it should be.
SELECT grid_gov.library_version() = extversion AS same_version, nspname AS schema
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'grid_gov';
