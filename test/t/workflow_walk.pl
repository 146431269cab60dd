# Random walk: random people take random steps on some hundreds of events, legal or not, and the model (test/perl/WorkflowModel.pm)
# says before each what must come of it; compared after every step: state, level, counters, marks, master, deadline, tasks, requests.
# GRID_GOV_SEED repeats a walk (the seed is printed); GRID_GOV_STEPS is its length (GRID_GOV_WORLD=1: ten times the usual one).
use strict;
use warnings;
use utf8;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;
use WorkflowModel;
use WorkflowCity;

sub bytes { my ($t) = @_; utf8::encode($t); return $t }
my $seed = $ENV{GRID_GOV_SEED} || int(rand 1e9);
my $steps = $ENV{GRID_GOV_STEPS} || ($ENV{GRID_GOV_WORLD} ? 40000 : 4000);
my $events = int($steps / 25) + 20;
pass("seed $seed, $steps steps");
srand $seed;
sub pick { return $_[rand @_] }

my $node = GridGov::node('walk');
my $m = WorkflowCity::make($node, 'walk');
# Where the list is published, grid workers get admitted items only.
$node->safe_psql('walk', "SET ROLE gov_owner; INSERT INTO gov.admission (area, item, name, approved_on) VALUES ('371602001002', '0101', 'x', '2024-01-01')");
$m->{admission}{'371602001002'} = { '0101' => 1 };

my $kinds = \%WorkflowCity::of_kind;
my @items = @$kinds{qw(low low plain plain odd duty urgent)};
my @grids = qw(371602001001001 371602001001001 371602001001002 371602001002001 371621100001001);
my @units = qw(cg cg zj gs hb);
my @actors = sort keys %{$m->{actor}};
my @workers = map { $m->{actor}{$_}{id} } qw(worker1 worker1 worker2 worker3 worker_cg);
my $t = 1740960000;   # 2025-03-03 08:00 in Shanghai
my $next = 1;
my (@list, @expect, @open);
my %rare = map { $_ => 1 } qw(void cancel withdraw refuse verify_false force_close self_handle);

sub tick { $t += rand() < 0.02 ? int rand 40000 : rand() < 0.3 ? int rand 1500 : int rand 120; return $t }

# Random arguments for an action: mostly what it needs, sometimes something missing or wrong.
sub arguments {
  my ($e, $action) = @_;
  my %a;
  my $unit = pick(@units);
  if ($action =~ /dispatch$/) {
    my $last = WorkflowModel::lead($e);
    $a{unit} = $last && rand() < 0.5 ? $last->{unit} : $unit;
    $a{person} = pick(@workers) if rand() < 0.25;
    $a{designated} = 'true' if rand() < 0.08;
    if ($action eq 'dispatch' && rand() < 0.3) { my %u = map { $_ => 1 } grep { $_ ne $a{unit} } map { pick(@units) } 1 .. 2; $a{co_units} = [sort keys %u] if %u }
  }
  elsif ($action =~ /^send_/) { $a{person} = pick(@workers) }
  elsif ($action eq 'self_handle') { @a{qw(photos_before photos_after)} = (['a.jpg'], ['b.jpg']) }
  elsif ($action eq 'refuse') { $a{reason_code} = 'r1' }
  elsif ($action =~ /accept$/ && $action ne 're_accept') { $a{item} = $e->{item} }
  elsif ($action eq 'merge') { $a{master_id} = rand() < 0.9 ? pick(@open) : 1 + int rand($next - 1) }
  elsif ($action eq 'request_suspend') { $a{until} = $t + (rand() < 0.1 ? 366 : rand() * 4 + 0.1) * 86400; $a{until} = int $a{until} }
  elsif ($action eq 'close') { $a{close_condition} = '已修复' }
  elsif ($action eq 'evaluate') { $a{satisfaction} = pick(qw(满意 不满意 不满意 基本满意)) }
  elsif ($action eq 'supervise') { @a{qw(kind level)} = qw(timeout 1) }
  elsif ($action eq 'correct_category') { $a{item} = pick($e->{urgent} ? $kinds->{urgent} : @$kinds{qw(low plain odd)}) }
  elsif ($action eq 'hand_over') { $a{grid} = pick(@grids) }
  elsif ($action eq 'whistle') { my %u = map { $_ => 1 } map { pick(@units) } 1 .. 2; delete @u{grep { rand() < 0.8 } map { $_->{unit} // () } grep { $_->{kind} eq 'whistle' && !$_->{outcome} } @{$e->{tasks}}}; $a{units} = [sort keys %u] if %u }
  return \%a;
}

# Keep a step and what the model expects.
sub keep {
  my ($way, $actor, $e, $what, $note, $args, $code) = @_;
  push @list, [1 + int(@list / 250), $way, $actor, $e->{id}, $what, $note, $args];
  push @expect, [$code, WorkflowModel::text($e)];
  return;
}
sub look { keep('look', undef, $_, undef, undef, undef, 'looked') for @_; return }

sub new_event {
  my $id = $next++;
  my $item = pick(@items);
  my $grid = pick(@grids);
  my ($actor, $source) = @{pick(['worker1', 'grid'], ['worker2', 'grid'], ['leader1', 'grid'], ['acceptor1', '12345'], ['reporter:K1', 'citizen'], ['handler_cg', 'department'])};
  my $urgent = $m->{item}{$item}{urgent} ? 1 : 0;
  tick();
  my $e = $m->report($id, $m->{actor}{$actor}, source => $source, area => $grid, item => $item, urgent => $urgent, at => $t);
  keep('report', $actor, $e, undef, undef, { source => $source, area => $grid, item => $item, urgent => $urgent ? 'true' : 'false', at => $t }, 'reported');
  push @open, $id;
  return;
}

my %count;
new_event() for 1 .. 12;
while (@list < $steps) {
  if ($next <= $events && rand() < $events / $steps * 1.5) { new_event(); next }
  if (rand() < 0.01) {
    tick();
    my @moved = $m->sweep($t);
    my ($first) = $m->{event}{1};
    keep('sweep', undef, $first, undef, undef, { at => $t }, 'swept');
    look(@moved);
    $count{sweep} += @moved;
    next;
  }
  my @ended = rand() < 0.15 ? grep { $m->{event}{$_}{state} =~ /^(?:closed|evaluated)$/ } 1 .. $next - 1 : ();
  my $e = $m->{event}{@ended ? pick(@ended) : rand() < 0.93 ? pick(@open) : 1 + int rand($next - 1)};
  my @can = sort keys %{$m->{step}{$e->{state}}};
  tick();
  my ($way, $actor, $action, $note, $args, $code);
  for my $try (1 .. 12) {
    $code = undef;
    $action = !@can || rand() < 0.03 ? pick(sort keys %{$m->{actions}}) : pick(@can);
    # rather what was seldom taken
    if (@can && rand() < 0.3) { ($action) = sort { ($count{taken}{$a} // 0) <=> ($count{taken}{$b} // 0) || $a cmp $b } grep { !$rare{$_} } @can; $action //= pick(@can) }
    next if $action eq 'report' || $rare{$action} && rand() < 0.93
      || $action =~ /^(?:urge|supervise|whistle|answer_whistle|hand_over|correct_category|merge|request_force_close|reject_force_close|escalate|deescalate)$/ && rand() < 0.8;
    $note = rand() < 0.97 ? '理由' : undef;
    $args = arguments($e, $action);
    if (rand() < 0.03) { delete $args->{pick(sort keys %$args)} if %$args }
    my $sure = rand() < 0.9;
    for my $who (sort { rand() <=> 0.5 } @actors) {
      $actor = $who;
      $code = $m->legal($e, $m->{actor}{$who}, $action, $note, $args, $t, 1);
      last if $code ne 'WG002' && $code ne 'WG001' || !$sure;
    }
    last if $code eq 'ok' || rand() < 0.15;
    $code = undef if $try == 12;
  }
  next if !defined $code;
  $way = pick(qw(act action state));
  my $what = $action;
  if ($way eq 'state') {
    my $step = $m->{step}{$e->{state}}{$action};
    $what = $step ? WorkflowModel::target($e, $step) : '';
    if (!$step || $what eq $e->{state}) { $way = 'action'; $what = $action }
    else { ($code, $action) = $m->legal_state($e, $m->{actor}{$actor}, $what, $note, $args, $t) }
  }
  my @moved;
  $count{$code}++;
  if ($code eq 'ok') {
    $count{taken}{$action}++;
    @moved = $m->apply($e, $m->{actor}{$actor}, $action, $note, $args, $t);
    $code = $way eq 'state' ? "$e->{state} by $action" : $e->{state};
    @open = grep { $m->{state}{$m->{event}{$_}{state}}{open} } 1 .. $next - 1;
  }
  keep($way, $actor, $e, $what, $note, { %$args, at => $t }, $code);
  look(@moved);
  new_event() if @open < 5;   # its time is later than the step's
}
# In the end, all of them once more.
look(map { $m->{event}{$_} } 1 .. $next - 1);

my $answers = WorkflowCity::run($node, 'walk', 'take', \@list);
is(scalar @$answers, scalar @list, 'every step was tried');
my %wrong;
for my $n (0 .. $#list) {
  my ($got, $seen) = @{$answers->[$n]};
  my ($code, $text) = @{$expect[$n]};
  next if $got eq $code && $seen eq $text;
  my $event = $list[$n][3];
  next if $wrong{$event}++ || keys %wrong > 8;
  diag(bytes("step $n: " . join(' ', map { ref $_ ? WorkflowCity::json($_) : $_ // '' } @{$list[$n]})));
  diag(bytes("  expected $code $text"));
  diag(bytes("  got      $got $seen"));
  diag(bytes('  before: ' . join(' ', map { ref $_ ? WorkflowCity::json($_) : $_ // '' } @{$list[$_]}) . " -> $answers->[$_][0]")) for grep { $list[$_][3] == $event && $n - $_ < 4000 } 0 .. $n - 1;
}
ok(!%wrong, 'database and model agree after every step') or diag(scalar(keys %wrong) . ' events differ');
my $problems = $node->safe_psql('walk', 'SELECT string_agg(v::text, E\'\n\') FROM grid_gov.verify_journal() v');
is($problems, '', 'verify_journal() finds nothing');
my $seqs = join ',', map { $m->{event}{$_}{seq} } 1 .. $next - 1;
is($node->safe_psql('walk', 'SELECT string_agg(n::text, \',\' ORDER BY event_id) FROM (SELECT event_id, count(*) n FROM gov.event_log GROUP BY event_id HAVING count(*) = max(seq)) l'), $seqs, 'every step is in the journal, once');
my %journal = map { $_ => 1 } split /\n/, $node->safe_psql('walk', "SELECT concat_ws('|', event_id, seq, action, from_state, to_state, actor, role, extract(epoch FROM at)::bigint) FROM gov.event_log WHERE action <> 'report'");
my @lost = grep { !delete $journal{$_} } map { @{$m->{event}{$_}{log} // []} } 1 .. $next - 1;
delete @journal{grep { /^\d+\|\d+\|repoint\|/ } keys %journal};   # a master that was merged itself
is(join("\n", splice @lost, 0, 5), '', 'the journal tells each step as it was: action, states, actor, role, time');
is(join("\n", splice @{[sort keys %journal]}, 0, 5), '', 'and nothing else');
my @never = grep { $_ ne 'report' && !$count{taken}{$_} } sort keys %{$m->{actions}};
note("$steps attempts on " . ($next - 1) . ' events: ' . join(', ', map { "$_ $count{$_}" } grep { !ref $count{$_} } sort keys %count) . "; never taken by people: @never");
ok(@never <= 5, 'nearly every action was taken') or diag("never: @never");
done_testing();
