# Exhaustive: every step of the workflow from every state, by everybody (in the relation that it asks for and out of it: another
# area, unit, level, task, reporter, no post), in all three ways of writing, and allowed_actions(), against the model written from
# the page (test/perl/WorkflowModel.pm). Each attempt is undone. An event in each state, and in each condition that a guard asks for.
# One event of each state meets everybody in all three ways; the others meet fewer people, the ways in turn (GRID_GOV_WORLD=1: all).
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
my $node = GridGov::node('workflow');
my $m = WorkflowCity::make($node, 'workflow');
is($m->steps, 187, 'the file has 187 single steps');
my $kinds = \%WorkflowCity::of_kind;
my $now = time;
my @actors = sort keys %{$m->{actor}};
my ($grid, $grid2) = qw(371602001001001 371602001001002);
my (@take, @fixture, %by_name);
# Without these, who are told apart from others by the first event of a state already.
my %only_first = map { $_ => 1 } qw(volunteer1 police1 auditor1 nobody acceptor_old leader_other handler_other caller_city reporter:K2);
my @fewer = grep { !$only_first{$_} } @actors;
# Where the list is published, grid workers are sent admitted items only.
$node->safe_psql('workflow', "SET ROLE gov_owner; INSERT INTO gov.admission (area, item, name, approved_on) VALUES ('371602001002', '0101', 'x', '2024-01-01')");
$m->{admission}{'371602001002'} = { '0101' => 1 };

# ---- events in every state, brought there by legal steps

# fixture(name, {options of the report}, 'actor action argument=value argument=a,b ...', ...)
sub fixture {
  my ($name, $o, @steps) = @_;
  my $id = 1 + keys %{$m->{event}};
  my $at = $now - ($o->{age} // 7200);
  my $item = $kinds->{$o->{item} // 'plain'};
  my $actor = $o->{actor} // 'worker1';
  my $urgent = $o->{urgent} // $m->{item}{$item}{urgent};
  my $source = $o->{source} // 'grid';
  my $area = $o->{area} // $grid;
  my $e = $m->report($id, $m->{actor}{$actor}, source => $source, area => $area, item => $item, urgent => $urgent, at => $at);
  $e->{name} = $name;
  push @take, [1, 'report', $actor, $id, undef, undef, { source => $source, area => $area, item => $item, urgent => $urgent ? 'true' : 'false', at => $at }, 'reported'];
  for my $step (@steps) {
    my ($who, $action, @args) = split / /, $step;
    $at += 60;
    my %args = map { my ($k, $v) = split /=/, $_, 2; ($k => $v =~ /,/ || $k =~ /^(?:units|co_units|photos)/ ? [split /,/, $v] : $v) } grep { !/^[+]/ } @args;
    for (@args) { $at += $1 if /^[+](\d+)$/ }
    $args{master_id} = $by_name{$args{master_id}}{id} if $args{master_id} && $by_name{$args{master_id}};
    $args{until} = $now + 86400 if $action eq 'request_suspend';
    my $code = $m->legal($e, $m->{actor}{$who}, $action, '理由', \%args, $at, 1);
    if ($code ne "ok") { fail(bytes("fixture $name: $step: $code")); next }
    my @moved = $m->apply($e, $m->{actor}{$who}, $action, '理由', \%args, $at);
    push @take, [1, 'act', $who, $id, $action, '理由', { %args, at => $at }, $e->{state}];
  }
  $by_name{$name} = $e;
  push @fixture, $e if !$o->{hidden};
  return;
}
my $accept = sub { my $i = $kinds->{$_[0] // 'plain'}; return ('leader1 submit', "acceptor1 accept item=$i") };
my $submit = 'leader1 submit';
my @accepted = $accept->();
my @cg = (@accepted, 'dispatcher1 dispatch unit=cg');
my @person = (@accepted, 'dispatcher1 dispatch unit=cg person=1');
my @co = (@accepted, 'dispatcher1 dispatch unit=zj co_units=cg,gs');
my $sign = 'handler_cg sign';
my @fed = (@cg, $sign, 'handler_cg feedback');
my @closed = (@fed, 'acceptor1 send_check person=1', 'worker1 check_pass', 'acceptor1 close close_condition=done');
my $old = 60 * 86400;
my %old = (age => $old);
my %late = (age => $old);
fixture('master', { hidden => 1 }, @accepted);
fixture('master2', { hidden => 1 }, @accepted);
fixture('master closed', { hidden => 1, item => 'low' }, 'worker1 self_handle photos_before=a, photos_after=b,');
fixture('slave of master2', {}, $submit, 'acceptor1 merge master_id=master2');

fixture('reported', {});
fixture('reported, urgent', { item => 'urgent' });
fixture('reported by a citizen', { actor => 'reporter:K1', source => 'citizen' });
fixture('reported, 12345', { actor => 'acceptor1', source => '12345' });
fixture('verifying', {}, 'acceptor1 send_verify person=1');
fixture('verifying by another', {}, 'acceptor1 send_verify person=2');
fixture('pending_accept', {}, $submit);
fixture('pending_accept, 12345', { actor => 'acceptor1', source => '12345' }, $submit);
fixture('pending_accept by a citizen', { actor => 'reporter:K1', source => 'citizen' }, $submit);
fixture('pending_accept again', {}, @accepted, 'dispatcher1 return_to_acceptor', 'acceptor1 re_accept');
fixture('not_accepted', {}, $submit, 'acceptor1 refuse reason_code=r');
fixture('pending_dispatch', {}, @accepted);
fixture('pending_dispatch at the grid', { item => 'low' }, $accept->('low'));
fixture('pending_dispatch at the county', {}, @accepted, 'dispatcher1 escalate');
fixture('pending_dispatch at the city', {}, @accepted, 'dispatcher1 escalate', 'dispatcher_county escalate');
fixture('pending_dispatch, a duty of departments', { item => 'duty' }, $submit, "acceptor_county accept item=$kinds->{duty}");
fixture('pending_dispatch, urgent', { item => 'urgent' }, "acceptor1 fast_accept item=$kinds->{urgent}");
fixture("pending_dispatch, list published, $_", { area => '371602001002001', actor => 'worker3', item => $_ }, 'acceptor1 submit', "acceptor1 accept item=$kinds->{$_}") for qw(low plain);
fixture('pending_dispatch, elsewhere', { area => '371621100001001', actor => 'worker_other' }, 'leader_other submit', "acceptor_other accept item=$kinds->{plain}");
for my $state ('dispatched', 'handling') {
  my @s = $state eq 'handling' ? ($sign) : ();
  my @w = $state eq 'handling' ? ('worker1 sign') : ();
  my @z = $state eq 'handling' ? ('handler_zj sign') : ();
  fixture("$state", {}, @cg, @s);
  fixture("$state, a grid worker", {}, @person, @w);
  fixture("$state, co-handled", {}, @co, @z);
  fixture("$state, designated", {}, @accepted, 'dispatcher1 dispatch unit=cg designated=true', @s);
  fixture("$state, same unit again", {}, @cg, 'handler_cg reject_dispatch', 'dispatcher1 redispatch unit=cg', @s);
  fixture("$state, same unit after a recall", {}, @cg, 'dispatcher1 recall', 'dispatcher1 redispatch unit=cg', @s);
  fixture("$state, another unit", {}, @cg, 'handler_cg reject_dispatch', 'dispatcher1 redispatch unit=zj', @z);
  fixture("$state, overdue", \%late, @cg, @s);
  fixture("$state, urgent", { item => 'urgent', age => 1800 }, "acceptor1 fast_accept item=$kinds->{urgent}", 'dispatcher1 dispatch unit=cg', @s);
  fixture("$state, suspension asked", {}, @cg, @s, 'handler_cg request_suspend');
  fixture("$state, suspension asked, overdue", \%late, @cg, @s, 'handler_cg request_suspend');
  fixture("$state, suspended once", {}, @cg, @s, 'head_cg request_suspend', 'dispatcher1 approve_suspend', 'dispatcher1 resume');
  fixture("$state, extension asked", {}, @cg, @s, 'handler_cg request_extend');
  fixture("$state, extension asked by the head", {}, @cg, @s, 'head_cg request_extend');
  fixture("$state, extension endorsed", {}, @cg, @s, 'handler_cg request_extend', 'head_cg endorse_extend');
  fixture("$state, extension refused", {}, @cg, @s, 'handler_cg request_extend', 'head2_cg reject_extend');
  fixture("$state, extended twice", {}, @cg, @s, map { ('head_cg request_extend', 'dispatcher1 approve_extend') } 1, 2);
  fixture("$state, at the city", {}, @accepted, 'dispatcher1 escalate', 'dispatcher_county escalate', 'dispatcher_city dispatch unit=cg', @s);
  fixture("suspended from $state", {}, @cg, @s, 'handler_cg request_suspend', 'dispatcher1 approve_suspend');
}
fixture('returned by the unit', {}, @cg, 'handler_cg reject_dispatch');
fixture('returned by the unit, long ago', { age => $old }, @cg, 'handler_cg reject_dispatch');
fixture('returned while handling', {}, @cg, $sign, 'handler_cg give_back');
fixture('returned by recall', {}, @cg, 'dispatcher1 recall');
fixture('returned to the acceptor', {}, @accepted, 'dispatcher1 return_to_acceptor');
fixture('feedback', {}, @fed);
fixture('feedback, low risk', { item => 'low' }, $accept->('low'), 'dispatcher1 dispatch unit=cg', $sign, 'handler_cg feedback');
fixture('feedback by a grid worker', {}, @person, 'worker1 sign', 'worker1 feedback');
fixture('checking', {}, @fed, 'acceptor1 send_check person=1');
fixture('rework', {}, @fed, 'acceptor1 send_check person=2', 'acceptor1 check_fail');
fixture('rework of a grid worker', {}, @person, 'worker1 sign', 'worker1 feedback', 'acceptor1 send_check person=2', 'acceptor1 check_fail');
fixture('rework after self_handle', { item => 'low' }, 'worker1 self_handle photos_before=a, photos_after=b,', 'caller1 evaluate satisfaction=不满意', 'caller1 reopen');
fixture('rework, reopened', {}, @closed, 'caller1 evaluate satisfaction=不满意', 'acceptor1 reopen');
fixture('pending_close', {}, @fed, 'acceptor1 send_check person=1', 'worker1 check_pass');
fixture('closed', {}, @closed);
fixture('closed by a citizen', { actor => 'reporter:K1', source => 'citizen' }, @closed);
fixture('closed on the spot', { item => 'low' }, 'worker1 self_handle photos_before=a, photos_after=b,');
my @tardy = (@cg, $sign, 'handler_cg feedback +864000', 'acceptor1 send_check person=1', 'worker1 check_pass', 'acceptor1 close close_condition=done');
fixture('closed, late', \%late, @tardy);
fixture('closed, late, appealed', \%late, @tardy, 'handler_cg appeal');
fixture('closed, late, appeal endorsed', \%late, @tardy, 'handler_cg appeal', 'dispatcher1 endorse_appeal');
fixture('closed, late, appealed by the head', \%late, @tardy, 'head_cg appeal');
fixture('closed, late, appeal refused', \%late, @tardy, 'handler_cg appeal', 'dispatcher1 reject_appeal');
fixture('closed, late, appeal granted', \%late, @tardy, 'head_cg appeal', 'acceptor1 grant_appeal');
fixture('evaluated', {}, @closed, 'caller1 evaluate satisfaction=满意');
fixture('evaluated, unsatisfied', {}, @closed, 'caller1 evaluate satisfaction=不满意');
fixture('evaluated, unsatisfied, long ago', \%late, @closed, 'caller1 evaluate satisfaction=不满意');
fixture('evaluated, late, appealed', \%late, @tardy, 'caller1 evaluate satisfaction=满意', 'handler_cg appeal');
fixture('evaluated, reopened before', {}, @closed, 'caller1 evaluate satisfaction=不满意', 'acceptor1 reopen', 'handler_cg restart', 'handler_cg feedback', 'acceptor1 send_check person=1',
  'worker1 check_pass', 'acceptor1 close close_condition=done', 'caller1 evaluate satisfaction=不满意');
for my $from (['pending_accept', $submit], ['pending_dispatch', @accepted], ['dispatched', @cg], ['returned', @cg, 'handler_cg reject_dispatch'], ['handling', @cg, $sign]) {
  my ($name, @steps) = @$from;
  fixture("merged from $name", {}, @steps, 'acceptor1 merge master_id=master');
}
fixture('cancelled', {}, $submit, 'acceptor1 cancel');
fixture('forced_closed', {}, 'acceptor1 request_force_close', 'centre1 force_close');
# In each open state: requests of a forced end, whistles, supervision.
my %seen_state;
for my $e (@fixture) {
  my $state = $e->{state};
  next if !$m->{state}{$state}{open} || $seen_state{$state}++ || $e->{level} eq 'grid';
  my @steps = map { my $a = $_; my %x = %{$a->[6] // {}}; delete @x{qw(at until)}; join ' ', $a->[2], $a->[4], map { "$_=" . (ref $x{$_} ? join(',', @{$x{$_}}) . ',' : $x{$_}) } sort keys %x } grep { $_->[3] == $e->{id} && $_->[1] eq 'act' } @take;
  fixture("$e->{name}, whistled", {}, @steps, 'leader1 whistle units=gs,hb', 'acceptor1 request_force_close', 'supervisor1 supervise kind=k level=1');
  fixture("$e->{name}, asked by both", {}, @steps, 'two_posts request_force_close');
}
my %reached = map { $_->{state} => 1 } @fixture;
is(join(' ', sort keys %reached), join(' ', sort @{$m->{states}}), 'there are events in every state');

my $answers = WorkflowCity::run($node, 'workflow', 'take', [map { [@$_[0 .. 6]] } @take]);
my $wrong = 0;
for my $n (0 .. $#take) {
  my ($got, $expect) = ($answers->[$n][0], $take[$n][7]);
  next if $got eq $expect || $wrong++ > 5;
  diag(bytes("$m->{event}{$take[$n][3]}{name}: $take[$n][2] $take[$n][4]: expected $expect, got $got"));
}
is($wrong, 0, scalar(@take) . ' legal steps brought ' . scalar(@fixture) . ' events into their states');

# ---- the attempts

my $turns = 0;

# All that an action needs.
sub arguments {
  my ($e, $action) = @_;
  return { unit => 'cg' } if $action =~ /dispatch$/ && $action =~ /^(?:re)?dispatch/;
  return { person => 1 } if $action =~ /^send_/;
  return { photos_before => ['a'], photos_after => ['b'] } if $action eq 'self_handle';
  return { reason_code => 'r' } if $action eq 'refuse';
  return { item => $e->{item} } if $action =~ /^(?:accept|fast_accept|correct_category)$/;
  return { master_id => $by_name{master}{id} } if $action eq 'merge';
  return { until => $now + 2 * 86400 } if $action eq 'request_suspend';
  return { close_condition => 'done' } if $action eq 'close';
  return { satisfaction => '满意' } if $action eq 'evaluate';
  return { kind => 'k', level => '1' } if $action eq 'supervise';
  return { grid => $grid2 } if $action eq 'hand_over';
  return { units => ['cg'] } if $action eq 'whistle';
  return {};
}
my (@list, @expect);
sub try {
  my ($part, $way, $actor, $e, $what, $note, $args, $code, $to) = @_;
  push @list, [$part, $way, $actor, $e->{id}, $what, $note, $args];
  push @expect, [$code eq 'ok' ? $to : $code, $e];
  return;
}
# The same attempt as act(), SET action and, where it leads somewhere else, SET state.
sub three_ways {
  my ($part, $actor, $e, $action, $note, $args, $state_too, $one) = @_;
  my $turn = $one ? $turns++ : 0;
  my $a = $m->{actor}{$actor};
  my $step = $m->{step}{$e->{state}}{$action};
  my $to = $step ? WorkflowModel::target($e, $step) : '';
  my $code = $m->legal($e, $a, $action, $note, $args, $now, 1);
  try($part, $_, $actor, $e, $action, $note, $args, $code, $to) for !$one ? qw(act action) : $turn % 2 ? 'act' : 'action';
  if ($state_too && $turn % 3 != 2 && $to ne $e->{state}) {
    my ($short, $by) = $m->legal_state($e, $a, $to, $note, $args, $now);
    try($part, 'state', $actor, $e, $to, $note, $args, $short, defined $by ? "$to by $by" : '');
  }
  return $code;
}
my %part;
for my $e (@fixture) {
  my $part = $part{$e->{state}} //= 1 + keys %part;
  my $steps = $m->{step}{$e->{state}};
  my $first = !$seen_state{"$e->{state} first"}++;
  my $one = !$first && !$ENV{GRID_GOV_WORLD};
  # every step of the state by everybody
  for my $action (sort keys %$steps) {
    my $args = arguments($e, $action);
    my %roles;
    for my $actor ($one ? @fewer : @actors) {
      my $code = three_ways($part, $actor, $e, $action, '理由', $args, 1, $one);
      next if $code !~ /^(?:ok|WG004)$/;
      my ($role) = $m->entitled($e, $m->{actor}{$actor}, $steps->{$action}, $now);
      next if $roles{$role}++;
      # without the note, and without each argument, in turn
      three_ways($part, $actor, $e, $action, $_, $args, 1, $one) for undef, '';
      for my $gone (sort keys %$args) {
        my %less = %$args;
        delete $less{$gone};
        three_ways($part, $actor, $e, $action, '理由', \%less, 1, $one);
        three_ways($part, $actor, $e, $action, '理由', { %less, $gone => '' }, 1, $one) if !ref $args->{$gone} && $gone ne 'until';
      }
      # arguments that a guard refuses
      if ($action =~ /^(?:re)?dispatch$/) { three_ways($part, $actor, $e, $action, undef, { unit => 'cg', person => $m->{actor}{$_}{id} }, 1) for qw(worker3 handler_cg) }
      if ($action eq 'merge') { three_ways($part, $actor, $e, $action, undef, { master_id => $_ }, 1) for $e->{id}, map { $by_name{$_}{id} } 'master closed', 'slave of master2' }
      if ($action eq 'supervise') { three_ways($part, $actor, $e, $action, 'x', { kind => 'k', level => [] }, 1) }
      if ($action eq 'correct_category') { three_ways($part, $actor, $e, $action, undef, { category => '环境保护' }, 1) }
      if ($action eq 'request_suspend') { three_ways($part, $actor, $e, $action, 'x', { until => $now + 370 * 86400 }, 1) }
    }
  }
  next if !$first;
  # actions that the state does not know, and states that cannot be reached
  for my $actor (qw(acceptor1 worker1 centre_city)) {
    three_ways($part, $actor, $e, $_, '理由', arguments($e, $_), 0) for grep { !$steps->{$_} } sort keys %{$m->{actions}};
    for my $to (grep { $_ ne $e->{state} } @{$m->{states}}) {
      my ($code, $by) = $m->legal_state($e, $m->{actor}{$actor}, $to, '理由', {}, $now);
      try($part, 'state', $actor, $e, $to, '理由', {}, $code, defined $by ? "$to by $by" : '');
    }
  }
}
# allowed_actions, for everybody in every event
for my $e (@fixture) {
  for my $actor (@actors) {
    my $a = $m->{actor}{$actor};
    my $steps = $m->{step}{$e->{state}};
    my $said = join ' ', map { "$_=" . $m->legal($e, $a, $_, undef, undef, $now, 0) } sort keys %$steps;
    $said = 'no row' if $said eq '';
    try(100 + $part{$e->{state}}, 'allowed', $actor, $e, undef, undef, undef, WorkflowModel::known($a) ? $said : 'WG002', '');
  }
}
# To the second: the effective time at a limit and just past it, before the previous step, in the future.
sub at_time {
  my ($name, $actor, $action, $args, @at) = @_;
  my $e = $by_name{$name};
  for my $at (@at) {
    my $code = $at < $e->{last_at} || $at > time ? 'WG004' : $m->legal($e, $m->{actor}{$actor}, $action, '理由', $args, $at, 1);
    my $step = $m->{step}{$e->{state}}{$action};
    try(150, 'act', $actor, $e, $action, '理由', { %$args, at => $at }, $code, WorkflowModel::target($e, $step));
  }
  return;
}
for my $name ('dispatched, overdue', 'handling, overdue') {
  my $due = WorkflowModel::due($by_name{$name});
  at_time($name, 'handler_cg', $_, { until => $due + 86400 }, $due - 1, $due, $due + 1) for qw(request_suspend request_extend);
  my $asked = $by_name{"$name" =~ s/,/, suspension asked,/r};
  my $asked_due = WorkflowModel::due($asked);
  at_time($asked->{name}, 'dispatcher1', 'approve_suspend', {}, $asked_due, $asked_due + 1);
}
my $two = WorkflowModel::within('2wd', $by_name{'dispatched, overdue'}{at});
at_time('dispatched, overdue', 'handler_cg', 'reject_dispatch', {}, $two - 1, $two, $two + 1);
my $seven = WorkflowModel::within('7d', $by_name{'evaluated, unsatisfied, long ago'}{at});
at_time('evaluated, unsatisfied, long ago', 'caller1', 'reopen', {}, $seven - 1, $seven, $seven + 1);
for my $name (qw(dispatched handling)) {
  my $e = $by_name{$name};
  my $at = $e->{last_at} + 600;
  at_time($name, 'handler_cg', 'request_suspend', { until => WorkflowModel::within('365d', $at) + $_ }, $at) for 0, 1;
  at_time($name, 'dispatcher1', 'recall', {}, $e->{last_at} - 1, $e->{last_at}, $now + 86400);
}
# a report by everybody
my %may_report = map { $_ => 1 } qw(grid_worker grid_leader acceptor handler);
my $id = 100000;
for my $actor (@actors) {
  my $a = $m->{actor}{$actor};
  my $may = defined $a->{key} || grep { my $r = $_; grep { $_->{role} eq $r } WorkflowModel::posts($a, $r, $now) } keys %may_report;
  try(200, 'report', $actor, { id => $id++, name => 'new', state => '(new)' }, undef, undef, { area => $grid, item => $kinds->{plain} }, $may ? 'ok' : 'WG002', 'reported');
}

$answers = WorkflowCity::run($node, 'workflow', 'try', \@list);
is(scalar @$answers, scalar @list, 'every attempt was answered');
my (%count, %bad, %codes);
my $shown = 0;
for my $n (0 .. $#list) {
  my ($got, $expect) = ($answers->[$n][0], $expect[$n][0]);
  my ($part, $way, $actor, undef, $what, $note, $args) = @{$list[$n]};
  my $e = $expect[$n][1];
  my $key = "$e->{state}, $way";
  $count{$key}++;
  $codes{$expect =~ /^WG/ ? $expect : $way eq 'allowed' ? 'allowed' : 'ok'}++;
  next if $got eq $expect;
  $bad{$key}++;
  next if $shown++ > ($ENV{GRID_GOV_STEPS} || 40);
  if ($way eq 'allowed') {
    my %x = map { split /=/, $_ } split / /, $expect;
    my %g = map { my ($k, $v) = split /=/, $_; ($k, $v // '') } split / /, $got;
    ($expect, $got) = map { my $h = $_; join ' ', map { "$_=" . ($h->{$_} // '') } grep { ($x{$_} // '') ne ($g{$_} // '') } sort keys %{{ %x, %g }} } \%x, \%g;
  }
  diag(bytes("$e->{name} ($e->{id}): $actor $way " . ($what // '') . ' ' . (!defined $note ? 'no note' : $note eq '' ? 'empty note' : '') . ($args ? WorkflowCity::json($args) : '') . ": expected $expect, got $got"));
}
for my $key (sort keys %count) { is($bad{$key} // 0, 0, "$key: $count{$key} attempts") }
note(scalar(@list) . ' attempts: ' . join ', ', map { "$_ $codes{$_}" } sort keys %codes);

# The same people without a proxy: the outer role (SET ROLE), the session's role, and roles that are nobody.
my $sql = "SET client_min_messages = warning;\n";
my @roles;
for my $e (grep { $_->{name} =~ /^\w+$/ } @fixture) {
  for my $action (sort keys %{$m->{step}{$e->{state}}}) {
    my $args = arguments($e, $action);
    my ($may) = grep { !/^(?:reporter:|nobody|two_posts|worker_cg|acceptor_old|head2_cg)/ && $m->legal($e, $m->{actor}{$_}, $action, '理由', $args, $now, 1) eq 'ok' } @actors;
    push @roles, map { [$e, $action, $args, @$_] } $may ? (['SET ROLE', $may, 'ok'], ['SET SESSION AUTHORIZATION', $may, 'ok']) : (), ['SET ROLE', 'outsider', 'WG002'], ['SET ROLE', 'postgres', 'WG002'];
  }
}
for my $r (@roles) {
  my ($e, $action, $args, $how, $who) = @$r;
  my $json = WorkflowCity::json($args);
  $sql .= "BEGIN; $how $who; SELECT grid_gov.act($e->{id}, '$action', '理由', '$json'); \\echo :SQLSTATE\nROLLBACK; RESET SESSION AUTHORIZATION; RESET ROLE;\n";
}
my ($stdout, $stderr) = ('', '');
my $file = "$PostgreSQL::Test::Utils::tmp_check/roles.sql";
open my $h, '>:encoding(UTF-8)', $file or die "$file: $!";
print $h $sql;
close $h;
$node->run_log(['psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('workflow'), '-f', $file, '-o', "$file.null"], '>', \$stdout, '2>', \$stderr);
my @said = map { $_ eq '00000' ? 'ok' : $_ } split /\n/, $stdout;
is(join(' ', @said), join(' ', map { $_->[5] } @roles), scalar(@roles) . ' steps by SET ROLE and as session role')
  or diag(join "\n", map { "$roles[$_][0]{name} $roles[$_][1] $roles[$_][3] $roles[$_][4]: $roles[$_][5], got " . ($said[$_] // 'nothing') } grep { ($said[$_] // '') ne $roles[$_][5] } 0 .. $#roles);
is($node->safe_psql('workflow', 'SELECT count(*) FROM grid_gov.verify_journal()'), '0', 'verify_journal() finds nothing');
done_testing();
