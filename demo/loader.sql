-- Who loads: demo_loader, a role with persona backend and a row in gov.actor_proxy, so that it may act for the people of the city.
-- While it loads the owner of gov lets it backdate without end; work.sql takes that back.
--
-- Run by psql as a superuser after people.sql.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'demo_loader') THEN
    CREATE ROLE demo_loader LOGIN;
  END IF;
END
$$;
SELECT count(*) AS granted FROM grid_gov.grant_access('demo_loader', 'backend') \gset
SET ROLE gov_owner;
INSERT INTO gov.actor_proxy (login, area, may_report, backdate_minutes) VALUES ('demo_loader', '3716', true, 100000000);
RESET ROLE;
