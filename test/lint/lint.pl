#!/usr/bin/env perl
# Static checks: each counts one; complaints name file and line. Core Perl only.
# usage: perl test/lint/lint.pl    (from the project's root, after the build)
use strict;
use warnings;
my $dir = $0 =~ s{[^/]*$}{}r;
our @checks;
require "./${dir}$_.pl" for qw(common tree c sql build);

$| = 1;
my ($passed, $failed, $skipped) = (0, 0, 0);
while (my ($name, $check) = splice @checks, 0, 2) {
  my @complaints = eval { $check->() };
  @complaints = ("broke off: $@") if $@;
  if (@complaints && $complaints[0] =~ s/^SKIP: //) { $skipped++; print "skip   $name: $complaints[0]\n" }
  elsif (@complaints) {
    $failed++;
    print "FAILED $name\n";
    print "       $_\n" for @complaints[0 .. ($#complaints < 29 ? $#complaints : 29)];
    print '       and ', @complaints - 30, " more\n" if @complaints > 30;
  } else { $passed++; print "ok     $name\n" }
}
if (defined(my $file = $ENV{GRID_GOV_RESULT})) { open my $h, '>', $file or die "$file: $!\n"; print $h "$passed $failed $skipped\n"; close $h }
print "lint: $passed passed, $failed failed, $skipped skipped\n";
exit($failed ? 1 : 0);
