#!/usr/bin/env perl
# Run TAP files one after the other, say each test as it ends, count tests (not files). Core Perl only.
# usage: tap.pl [-I FOLDER]... [--counts FILE] NAME...
use strict;
use warnings;
use TAP::Parser;

my (@inc, $counts);
while (@ARGV && $ARGV[0] =~ /^-/) {
  my $option = shift @ARGV;
  if ($option eq '-I') { push @inc, '-I' . shift @ARGV }
  elsif ($option eq '--counts') { $counts = shift @ARGV }
  else { die "tap.pl: what is $option?\n" }
}
$| = 1;
my ($passed, $failed, $skipped) = (0, 0, 0);
for my $name (@ARGV) {
  print "$name\n";
  my $start = time;
  my $parser = TAP::Parser->new({ exec => ['perl', @inc, "test/t/$name.pl"] });
  my $bad = 0;
  while (my $result = $parser->next) {
    if ($result->is_test) {
      if ($result->has_skip) { $skipped++; print 'skip   ', $result->description, ': ', $result->explanation, "\n" }
      elsif ($result->is_ok) { $passed++; print 'ok     ', $result->description =~ s/^- //r, "\n" }
      else { $failed++; $bad++; print 'FAILED ', $result->description =~ s/^- //r, "\n" }
    } elsif ($result->is_plan && $result->has_skip) {
      $skipped++; print "skip   $name: ", $result->explanation, "\n";
    }
  }
  if (!$bad && ($parser->exit || $parser->parse_errors)) {
    $failed++;
    print "FAILED $name broke off (exit code ", $parser->exit >> 8, ')', map({ "; $_" } $parser->parse_errors), "\n";
  }
  printf "       %s: %d s\n", $name, time - $start;
}
if (defined $counts) { open my $h, '>', $counts or die "$counts: $!\n"; print $h "$passed $failed $skipped\n"; close $h }
print "tap: $passed passed, $failed failed, $skipped skipped\n";
exit($failed ? 1 : 0);
