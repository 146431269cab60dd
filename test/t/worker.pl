# The background worker: it sweeps in its databases, survives errors and crashes, refuses superusers, stops cleanly.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;

my $node = GridGov::node('worker', 'restart_after_crash = on');
GridGov::city($node, 'city');
$node->safe_psql('postgres', 'CREATE DATABASE bare TEMPLATE template0 ENCODING UTF8');
GridGov::extension($node, 'unset');
$node->safe_psql('city', q{
  CREATE ROLE sweeper LOGIN;
  SELECT grid_gov.grant_access('sweeper', 'worker');
  UPDATE gov.actor_proxy SET backdate_minutes = 100000000});

# An event of an older day by a phone that was offline: its first stage is overdue.
sub overdue_event {
  return $node->safe_psql('city', q{
    SET client_min_messages = warning;
    SET SESSION AUTHORIZATION bridge;
    SET grid_gov.actor = 'worker1';
    SELECT grid_gov.report('路灯不亮', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0124', args => '{"at": "2026-03-02 09:00+08"}') AS id \gset
    SET grid_gov.actor = 'acceptor1';
    DO $$ BEGIN PERFORM grid_gov.act((SELECT max(id) FROM gov.event), 'submit', NULL, '{"at": "2026-03-02 09:01+08"}'); END $$;
    SELECT :id});
}

sub alerts { my $id = shift; return "SELECT string_agg(clock || ' ' || rung, ', ' ORDER BY id) FROM gov.alert WHERE event_id = $id" }
sub workers { return q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'grid_gov sweeper'} }
# Wait until the log has a line since that position; the position after it.
sub wait_log {
  my ($re, $from) = @_;
  for (1 .. 150) {
    my $log = substr(slurp_file($node->logfile), $from);
    if ($log =~ /$re/g) { pass("log: $re"); return $from + pos($log) }
    select undef, undef, undef, 0.1;
  }
  fail("log: $re");
  return $from;
}

# Without preloading there are no workers, and the settings do not disturb.
$node->append_conf('postgresql.conf', "grid_gov.worker_databases = 'city, bare, unset'\ngrid_gov.worker_interval = 1\n");
my $event = overdue_event();
$node->reload;
is($node->safe_psql('city', 'SELECT grid_gov.library_version() IS NOT NULL AS loaded; ' . workers()), "t\n0", 'no worker without shared_preload_libraries');

# A list with a stray comma is refused: by a session that has the library, and by the server's start.
my $wrong = q{ALTER SYSTEM SET grid_gov.worker_databases = "Binzhou, city,,"};
my (undef, undef, $refused) = $node->psql('city', "LOAD 'grid_gov'; $wrong");
like($refused, qr/ERROR:  invalid value for parameter "grid_gov.worker_databases": "Binzhou, city,,"\nDETAIL:  It is not a comma-separated list.*\nHINT:  Write the names with one comma/, 'a stray comma is refused');
is($node->psql('city', q{LOAD 'grid_gov'; ALTER SYSTEM SET grid_gov.worker_databases = '"Binzhou", city'; ALTER SYSTEM RESET grid_gov.worker_databases}), 0, 'a good list is not');
$node->stop;
my $start = -s $node->logfile;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'grid_gov'\ngrid_gov.worker_databases = 'city, bare,, unset'\n");
ok(!$node->start(fail_ok => 1), 'the server does not start with one');
like(substr(slurp_file($node->logfile), $start), qr/FATAL:  invalid value for parameter "grid_gov.worker_databases": "city, bare,, unset"\n.*DETAIL:.*\n.*HINT:  Write the names/, 'and says why');
$node->append_conf('postgresql.conf', "grid_gov.worker_databases = 'city, bare, unset'\n");

# Preloaded, but without a role: said once, nothing done.
my $at = -s $node->logfile;
$node->start;
$at = wait_log(qr/sweeper for database "city" does nothing\n.*HINT:  Set grid_gov.worker_role/, $at);
select undef, undef, undef, 2.2;
my $told = () = slurp_file($node->logfile) =~ /sweeper for database "city" does nothing/g;
is($told, 1, 'said once');
is($node->safe_psql('city', alerts($event)), '', 'no alert yet');

# With a role, by a reload: it sweeps; a database without the extension and one without a city are left alone.
$node->append_conf('postgresql.conf', "grid_gov.worker_role = 'sweeper'\n");
$node->reload;
ok($node->poll_query_until('city', "SELECT COALESCE((" . alerts($event) . "), '') LIKE '%stage red%'"), 'the worker raised the alert');
is($node->safe_psql('city', "SELECT count(*) FROM gov.alert WHERE event_id = $event"), '2', 'yellow and red, once each');
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT usename || ' ' || datname, ', ') FROM pg_stat_activity WHERE backend_type = 'grid_gov sweeper' AND datname = 'city'}), 'sweeper city', 'it runs as that role');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'grid_gov sweeper' AND datname IN ('bare', 'unset')}), '2', 'the others wait');
unlike(substr(slurp_file($node->logfile), $at), qr/ERROR|WARNING/, 'and nobody complains');

# An error is logged, and the next round comes.
my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'grid_gov sweeper' AND datname = 'city'});
$at = -s $node->logfile;
$node->safe_psql('city', 'ALTER TABLE gov.alert RENAME TO alert_away');
$node->safe_psql('city', q{UPDATE gov.calendar SET title = title});
my $second = overdue_event();
$at = wait_log(qr/ERROR:  relation "gov.alert" does not exist/, $at);
$node->safe_psql('city', 'ALTER TABLE gov.alert_away RENAME TO alert');
ok($node->poll_query_until('city', "SELECT COALESCE((" . alerts($second) . "), '') LIKE '%stage red%'"), 'after the error it goes on');
is($node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'grid_gov sweeper' AND datname = 'city'}), $pid, 'in the same process');

# The crash of a backend: the server starts again, and so does the worker.
$at = -s $node->logfile;
my ($stdin, $stdout, $stderr) = ('', '', '');
my $victim = IPC::Run::start(['psql', '-X', '-At', '-d', $node->connstr('city')], '<', \$stdin, '>', \$stdout, '2>', \$stderr);
$stdin .= "SELECT pg_backend_pid();\n";
$victim->pump until $stdout =~ /\d+\n/;
my ($victim_pid) = $stdout =~ /(\d+)/;
kill 'KILL', $victim_pid;
$victim->kill_kill;
$at = wait_log(qr/all server processes terminated; reinitializing/, $at);
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'grid_gov sweeper' AND datname = 'city' AND pid <> } . $pid), 'the worker is there again');
my $third = overdue_event();
ok($node->poll_query_until('city', "SELECT COALESCE((" . alerts($third) . "), '') LIKE '%stage red%'"), 'and sweeps');

# A worker whose role became a superuser does nothing.
$at = -s $node->logfile;
$node->safe_psql('postgres', 'ALTER ROLE sweeper SUPERUSER');
$at = wait_log(qr/sweeper for database "city" does nothing: role "sweeper" is a superuser/, $at);
my $fourth = overdue_event();
select undef, undef, undef, 2.2;
is($node->safe_psql('city', alerts($fourth)), '', 'nothing is swept as a superuser');
$node->safe_psql('postgres', 'ALTER ROLE sweeper NOSUPERUSER');
ok($node->poll_query_until('city', "SELECT COALESCE((" . alerts($fourth) . "), '') LIKE '%stage red%'"), 'it goes on when the role is none any more');

# A clean stop, at once.
$at = -s $node->logfile;
my $begin = time;
$node->stop('fast');
ok(time - $begin <= 5, 'a fast stop is fast');
my $log = substr(slurp_file($node->logfile), $at);
like($log, qr/database system is shut down/, 'the server has shut down');
unlike($log, qr/ERROR|PANIC|terminated by signal|was not shut down/, 'without an error');
done_testing();
