-- Privileges, last because they speak of every object above. Everybody may read the reference data and use the pure
-- functions (and those listed here, which do nothing that the caller could not do himself); what reads or writes the city's
-- tables is granted by setup() to the owner of gov and by grant_access() to personas. No trigger function is for calling.
DO $do$
DECLARE
  f record;
BEGIN
  REVOKE ALL ON SCHEMA grid_gov FROM PUBLIC;
  GRANT USAGE ON SCHEMA grid_gov TO PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA grid_gov FROM PUBLIC;
  GRANT SELECT ON ALL TABLES IN SCHEMA grid_gov TO PUBLIC;
  FOR f IN
    SELECT p.oid::pg_catalog.regprocedure AS signature,
      p.prorettype OPERATOR(pg_catalog.<>) 'pg_catalog.trigger'::pg_catalog.regtype
      AND (p.provolatile OPERATOR(pg_catalog.=) 'i'
        OR p.prosupport::pg_catalog.oid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
        OR p.proname OPERATOR(pg_catalog.=) ANY (ARRAY['library_version', 'holiday_rules', 'setup', 'setup_city', 'grant_access', 'revoke_access', 'check_setup', 'check_gov', 'run_as', 'sees_area', 'sees_event', 'object_fingerprint', 'seed_plan', 'check_plan', 'foreign_objects', 'missing_columns']::pg_catalog.name[])
        OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.=) p.pronamespace
          AND p.oid OPERATOR(pg_catalog.=) ANY (ARRAY[t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout]::pg_catalog.oid[]))) AS pure
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace OPERATOR(pg_catalog.=) 'grid_gov'::pg_catalog.regnamespace
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    IF f.pure THEN
      EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', f.signature);
    END IF;
  END LOOP;
END
$do$;
