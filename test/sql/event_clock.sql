-- city
-- The two clocks of an event: hand-worked cases, driven through the guard by steps of the past. Calendar: Mo-Fr 08:00-12:00,
-- 14:00-18:00 with the holidays of 2025: 2025-03-03 is a Monday; 10-01 to 10-08 off, 09-28 and 10-11 made up for.
-- A script is steps "what month-day time [argument]" parted by |; a step without a date has that of the one before.
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
UPDATE gov.actor_proxy SET backdate_minutes = 100000000;
SET grid_gov.test_clock = on;
INSERT INTO gov.handling_limit (area, item, allow) VALUES ('371602001001001', '0101', '4wh'), ('371602001001001', '0102', '4wh');

\getenv dir PG_ABS_SRCDIR
\set steps :dir '/data/event_steps.sql'
\set ECHO none
\i :steps
\set ECHO all

CREATE TEMP TABLE cases (ord integer GENERATED ALWAYS AS IDENTITY, name text, allow text, script text, expected text, ask text DEFAULT 'due', other text);
-- Working hours. Without pauses 4wh from Mo 09:00 are 3 h until 12:00 and 1 h from 14:00.
INSERT INTO cases (name, allow, script, expected) VALUES
  ('wh', '4wh', 'handle 03-03 09:00', '03-03 15:00'),
  ('wh, pause in a day', '4wh', 'handle 03-03 09:00 | suspend 10:00 | resume 11:00', '03-03 16:00'), -- +1 h
  ('wh, pause over lunch', '4wh', 'handle 03-03 09:00 | suspend 11:00 | resume 15:00', '03-03 17:00'), -- open 11-12 and 14-15: +2 h
  ('wh, pause over night', '8wh', 'handle 03-03 09:00 | suspend 17:00 | resume 03-04 09:00', '03-04 11:00'), -- 7 h + 1 h: 03-04 09:00; open 17-18 and 08-09: +2 h
  ('wh, pause over a weekend', '4wh', 'handle 03-07 16:00 | suspend 17:00 | resume 03-10 09:00', '03-10 12:00'), -- 2 h + 2 h: Mo 10:00; +2 h
  ('wh, pause over 国庆节', '4wh', 'handle 09-30 16:00 | suspend 17:00 | resume 10-09 09:00', '10-09 12:00'), -- 2 h + 2 h: 10-09 10:00; +2 h
  ('wh, two pauses', '4wh', 'handle 03-03 09:00 | suspend 10:00 | resume 10:30 | give_back 11:00 | handle 11:30', '03-03 16:00'), -- 30 min twice
  ('wh, pause in the night only', '8wh', 'handle 03-03 09:00 | suspend 18:30 | resume 03-04 07:30', '03-04 09:00'), -- nothing open in it
  ('wh, begun after hours, ends at noon', '4wh', 'handle 03-03 20:00', '03-04 12:00'),
  ('wh, ends at closing', '4wh', 'handle 03-03 14:00', '03-03 18:00'),
  ('wh, begun in a pause hour', '2wh', 'handle 03-03 12:30 | suspend 12:45 | resume 14:10', '03-03 16:10'), -- 14-16; open 14:00-14:10
  ('wm', '30wm', 'handle 03-03 11:45', '03-03 14:15'), -- 15 min to 12:00
  ('wm, pause over lunch', '30wm', 'handle 03-03 11:45 | suspend 11:50 | resume 14:05', '03-03 14:30'), -- 10 + 5 min
  ('wm, pause over night', '30wm', 'handle 03-03 17:45 | suspend 17:50 | resume 03-04 08:10', '03-04 08:35'), -- 15 + 15: 08:15; +10 +10
-- Rolling days: 8 h each. 2rd = 16 h from Mo 09:00: 7, 8, 1.
  ('rd', '2rd', 'handle 03-03 09:00', '03-05 09:00'),
  ('rd, pause in a day', '2rd', 'handle 03-03 09:00 | suspend 10:00 | resume 11:00', '03-05 10:00'),
  ('rd, pause over a weekend', '2rd', 'handle 03-06 14:00 | suspend 03-07 16:00 | resume 03-10 10:00', '03-10 18:00'), -- 4, 8, 4: Mo 12:00; 2 + 2 h
  ('rd, pause over 国庆节 into a made-up Saturday', '2rd', 'handle 09-30 10:00 | suspend 11:00 | resume 10-11 09:00', '10-13 18:00'), -- 16 + (5 + 8 + 8 + 1) = 38 h: 6, 8, 8, 8 (Sa), 8 (Mo)
-- Working days: the start day does not count; a pause adds one for each closing time in it.
  ('wd', '3wd', 'handle 03-03 09:00', '03-06 18:00'),
  ('wd, pause in a day', '3wd', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 17:00', '03-06 18:00'),
  ('wd, pause over a night', '3wd', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 03-05 09:00', '03-07 18:00'), -- one closing
  ('wd, pause over a weekend', '3wd', 'handle 03-05 09:00 | suspend 03-07 10:00 | resume 03-10 10:00', '03-11 18:00'), -- 6, 7, 10; one closing (Fr)
  ('wd, pause over 国庆节', '3wd', 'handle 09-29 09:00 | suspend 09-30 10:00 | resume 10-09 10:00', '10-11 18:00'), -- 30, 9, 10; one closing: the made-up Sa
  ('wd, pause ends at closing', '3wd', 'handle 03-03 09:00 | suspend 03-04 10:00 | resume 18:00', '03-07 18:00'), -- counts
  ('wd, pause begins at closing', '3wd', 'handle 03-03 09:00 | suspend 03-04 18:00 | resume 03-05 08:00', '03-06 18:00'), -- does not
  ('wd, begun after hours', '3wd', 'handle 03-03 20:00', '03-06 18:00'),
  ('wd, two pauses', '3wd', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 03-05 09:00 | give_back 12:00 | handle 03-06 12:00', '03-10 18:00'), -- 5: 4, 5, 6, 7, 10
-- Natural days by law: to 24:00 of the last, moved past rest days once.
  ('d, rolls to Monday', '5d', 'handle 03-03 09:00', '03-11 00:00'), -- 5th day is Sa 8
  ('d, pause in a day', '5d', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 17:00', '03-11 00:00'),
  ('d, pause over a midnight', '5d', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 03-05 09:00', '03-11 00:00'), -- 6th day is Su 9: still Mo
  ('d, pause over three midnights', '5d', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 03-07 09:00', '03-12 00:00'), -- 8th day is Tu 11
  ('d, 国庆节', '15d', 'handle 09-22 09:00', '10-10 00:00'), -- 10-07 rests: 10-09
  ('d, 国庆节, pause over two midnights', '15d', 'handle 09-22 09:00 | suspend 09-23 10:00 | resume 09-25 10:00', '10-10 00:00'), -- 10-09 itself
  ('d, last day a made-up Sunday', '6d', 'handle 09-22 09:00', '09-29 00:00'),
-- Natural hours, minutes, plain days: every pause adds itself.
  ('h', '24h', 'handle 03-07 16:00', '03-08 16:00'),
  ('h, pause in a day', '24h', 'handle 03-07 16:00 | suspend 17:00 | resume 18:00', '03-08 17:00'),
  ('h, pause over a weekend', '24h', 'handle 03-07 16:00 | suspend 17:00 | resume 03-10 09:00', '03-11 08:00'), -- + 64 h
  ('h, pause over 国庆节', '48h', 'handle 09-30 10:00 | suspend 10-01 10:00 | resume 10-05 10:00', '10-06 10:00'), -- + 96 h
  ('m', '90m', 'handle 03-03 11:00 | suspend 11:30 | resume 11:45', '03-03 12:45'),
  ('m, pause over night', '90m', 'handle 03-03 23:00 | suspend 23:30 | resume 03-04 08:00', '03-04 09:00'), -- + 8 h 30 min
  ('pd', '2pd', 'handle 03-07 09:00', '03-09 09:00'),
  ('pd, pause in a day', '2pd', 'handle 03-07 09:00 | suspend 03-08 00:00 | resume 12:00', '03-09 21:00'),
  ('pd, pause over 国庆节', '2pd', 'handle 09-30 09:00 | suspend 10-01 09:00 | resume 10-08 09:00', '10-09 09:00'), -- + 7 days

-- Extensions: the summed limit from the original start, then the pauses, then the roll.
  ('extension', '4wh', 'handle 03-03 09:00 | extend 10:00', '03-04 09:00'), -- 8 h
  ('two extensions', '4wh', 'handle 03-03 09:00 | extend 10:00 | extend 11:00', '03-04 15:00'), -- 12 h: 7 + 5
  ('pause, then extension', '4wh', 'handle 03-03 09:00 | suspend 10:00 | resume 11:00 | extend 11:30', '03-04 10:00'), -- 8 + 1 h
  ('extension, then pause over night', '4wh', 'handle 03-03 09:00 | extend 09:30 | suspend 17:00 | resume 03-04 09:00', '03-04 11:00'),
  ('extension, wd', '3wd', 'handle 03-03 09:00 | extend 03-05 09:00', '03-11 18:00'), -- 6: 4, 5, 6, 7, 10, 11
  ('extension, d rolls once', '5d', 'handle 03-03 09:00 | extend 03-05 09:00', '03-14 00:00'), -- 10th day is Th 13, not 5 days after Mo 10
  ('two extensions, d', '5d', 'handle 03-03 09:00 | extend 03-05 09:00 | extend 03-06 09:00', '03-19 00:00'), -- 15th day is Tu 18
  ('extension, h', '24h', 'handle 03-07 16:00 | extend 17:00', '03-09 16:00'),
  ('extension asked in time, granted late', '4wh', 'handle 03-03 09:00 | ask 14:30 | grant 16:00', '03-04 09:00'),

-- Returns: the same unit has what is left, another a new budget.
  ('back to the same unit', '4wh', 'handle 03-03 09:00 | give_back 10:00 | handle 11:00', '03-03 16:00'),
  ('to another unit', '4wh', 'handle 03-03 09:00 | give_back 10:00 | handle 11:00 zj', '03-03 17:00'), -- from 11:00: 1 + 3 h
  ('refused unsigned, next day to the same unit', '4wh', 'dispatch 03-03 09:00 | reject_dispatch 10:00 | dispatch 03-04 10:00', '03-04 15:00'), -- + 2 + 4 + 2 h = 12 h
  ('recalled, wd, to the same unit', '3wd', 'handle 03-03 09:00 | recall 03-04 10:00 | handle 03-06 10:00', '03-10 18:00'), -- two closings: 5
  ('to another unit and back to the first', '4wh', 'handle 03-03 09:00 | give_back 10:00 | handle 11:00 zj | give_back 12:00 | handle 14:00', '03-03 18:00'), -- its clock ended with the other's
  ('used up, recalled, to the same unit', '4wh', 'handle 03-03 09:00 | recall 16:00 | handle 03-04 09:00', '03-03 15:00'), -- overdue stays overdue
  ('extended, to another unit', '4wh', 'handle 03-03 09:00 | extend 09:30 | give_back 10:00 | handle 11:00 zj', '03-03 17:00'), -- a new budget has no extension
  ('returned while suspended is left: suspended, resumed, returned', '8wh', 'handle 03-03 09:00 | suspend 10:00 | resume 11:00 | give_back 15:00 | handle 16:00', '03-04 11:00'), -- 09:00 + 1 + 1 h

-- Feedback that does not hold: send_back goes on with what is left.
  ('send_back', '4wh', 'handle 03-03 09:00 | feedback 10:00 | send_back 11:00', '03-03 16:00'),
  ('send_back, wd', '3wd', 'handle 03-03 09:00 | feedback 03-04 17:00 | send_back 03-06 09:00', '03-10 18:00'), -- two closings
  ('send_back of an overdue feedback', '4wh', 'handle 03-03 09:00 | feedback 16:00 | send_back 03-04 09:00', '03-03 15:00'),

-- Rework: half of the limit, rounded up, at least one.
  ('rework', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 14:00 | restart 15:00', '03-03 17:00'),
  ('rework, 5wd', '5wd', 'handle 03-03 09:00 | feedback 03-04 10:00 | fail 03-05 09:00 | restart 10:00', '03-10 18:00'), -- 3: 6, 7, 10
  ('rework, 1wh', '1wh', 'handle 03-03 09:00 | feedback 09:30 | fail 14:00 | restart 15:00', '03-03 16:00'),
  ('rework, 30wm', '30wm', 'handle 03-03 09:00 | feedback 09:10 | fail 14:00 | restart 15:00', '03-03 15:15'),
  ('rework, 5d', '5d', 'handle 03-03 09:00 | feedback 03-03 10:00 | fail 11:00 | restart 15:00', '03-07 00:00'), -- 3rd day is Th 6
  ('rework begun by the sweeper after 4wh', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 15:00 | sweep 03-05 12:00', '03-04 11:00'), -- begun 03-04 09:00, 2 h
  ('rework extended', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 14:00 | restart 15:00 | extend 15:30', '03-04 11:00'), -- 2 + 4 h: 3 + 3
  ('rework to the same unit by reassignment', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 14:00 | reassign 14:30 | handle 15:00', '03-03 18:00'), -- 3 h left
  ('rework to another unit', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 14:00 | reassign 14:30 | handle 15:00 zj', '03-04 09:00'), -- 4 h anew
  ('second rework', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 11:00 | restart 11:00 | feedback 11:30 | fail 14:00 | restart 14:00', '03-03 16:00'), -- half of the limit again, not of the half
  ('reopened', '5d', 'handle 03-03 09:00 | feedback 03-05 09:00 | check 10:00 | pass 11:00 | close 12:00 | reopen 03-07 09:00 | restart 03-10 09:00', '03-14 00:00'), -- 3rd day is Th 13
  ('reopened, pauses of the first round are gone', '4wh', 'handle 03-03 09:00 | suspend 10:00 | resume 11:00 | feedback 14:00 | check 14:00 | pass 14:00 | close 14:00 | reopen 15:00 | restart 15:00', '03-03 17:00'),

-- Escalation, merging, masters.
  ('escalated, back to the same unit', '4wh', 'handle 03-03 09:00 | escalate 10:00 | handle 11:00', '03-03 16:00'),
  ('escalated, to the county', '4wh', 'handle 03-03 09:00 | escalate 10:00 | handle 11:00 gs', '03-03 17:00'),
  ('merged and unmerged', '4wh', 'handle 03-03 09:00 | merge 10:00 | unmerge 11:00', '03-03 16:00'),
  ('merged over a weekend, wd', '3wd', 'handle 03-05 09:00 | merge 03-07 10:00 | unmerge 03-10 10:00', '03-11 18:00'),
  ('returned, merged, unmerged, to the same unit', '4wh', 'handle 03-03 09:00 | give_back 10:00 | merge 10:30 | unmerge 11:00 | handle 11:30', '03-03 16:30'), -- one pause of 1 h 30 min
  ('its master is voided', '4wh', 'handle 03-03 09:00 | merge 10:00 | void_master 11:00', '03-03 16:00'),

-- Suspended until a day: the sweeper resumes then, however late it comes.
  ('resumed by the sweeper', '4wh', 'handle 03-03 09:00 | suspend 10:00 03-04_10:00 | sweep 03-05 08:00', '03-04 15:00'), -- + 2 + 4 + 2 h
  ('resumed by the sweeper in 国庆节, wd', '3wd', 'handle 09-29 09:00 | suspend 09-30 10:00 10-05_00:00 | sweep 10-06 09:00', '10-11 18:00'), -- one closing
  ('resumed by the sweeper, d', '5d', 'handle 03-03 09:00 | suspend 03-04 09:00 03-07_09:00 | sweep 03-09 09:00', '03-12 00:00');

-- Urgent events.
INSERT INTO cases (name, allow, script, expected) VALUES
  ('urgent, on a Saturday night', '2h', 'urgent 03-08 22:00 | handle 22:05', '03-09 00:05'),
  ('urgent, wh', '2wh', 'urgent 03-08 22:00 | handle 22:05', '03-10 10:00'),
  ('urgent, returned to the same unit', '2h', 'urgent 03-08 22:00 | dispatch 22:05 | reject_dispatch 22:15 | dispatch 22:25', '03-09 00:15');

-- A corrected item: from the original start with the new limit, each pause counted in its unit.
INSERT INTO cases (name, allow, other, script, expected) VALUES
  ('corrected, wh to wd', '4wh', '5wd', 'handle 03-03 09:00 | correct 10:00', '03-10 18:00'), -- 4, 5, 6, 7, 10
  ('corrected, wh to wd, after a pause over night', '8wh', '5wd', 'handle 03-03 09:00 | suspend 17:00 | resume 03-04 09:00 | correct 09:30', '03-11 18:00'), -- one closing
  ('corrected, wd to wh, after a pause over night', '3wd', '16wh', 'handle 03-03 09:00 | suspend 10:00 | resume 03-04 10:00 | correct 10:30', '03-06 09:00'), -- 16 + 2 + 4 + 2 h = 24: 7, 8, 8, 1
  ('corrected to a limit used up before the pause', '3wd', '8wh', 'handle 03-03 09:00 | suspend 03-04 09:00 | resume 03-05 09:00 | correct 10:00', '03-04 09:00'),
  ('corrected after an extension', '4wh', '5wd', 'handle 03-03 09:00 | extend 09:30 | correct 10:00', '03-17 18:00'), -- 10 days
  ('corrected while returned', '4wh', '5wd', 'handle 03-03 09:00 | give_back 10:00 | correct 10:30', '03-10 18:00'),
  ('corrected while returned, then to the same unit', '4wh', '5wd', 'handle 03-03 09:00 | give_back 10:00 | correct 10:30 | handle 03-04 11:00', '03-11 18:00'), -- one closing
  ('corrected after feedback', '4wh', '5wd', 'handle 03-03 09:00 | feedback 10:00 | correct 10:30', '03-03 15:00'), -- as judged
  ('corrected after feedback, sent back', '4wh', '5wd', 'handle 03-03 09:00 | feedback 10:00 | correct 10:30 | send_back 03-04 09:00', '03-11 18:00'), -- runs again: the new limit, one closing
  ('corrected in rework', '4wh', '5wd', 'handle 03-03 09:00 | feedback 10:00 | fail 14:00 | restart 15:00 | correct 15:30', '03-06 18:00'), -- half of 5: 3
  ('corrected in rework after an extension before it', '4wh', '5wd', 'handle 03-03 09:00 | extend 09:30 | feedback 10:00 | fail 14:00 | restart 15:00 | correct 15:30', '03-06 18:00'), -- this clock was not extended
  ('corrected, h to d', '24h', '5d', 'handle 03-03 09:00 | suspend 10:00 | resume 03-04 10:00 | correct 11:00', '03-11 00:00'); -- 6th day is Su 9

-- The stage clock.
INSERT INTO cases (ask, name, allow, script, expected) VALUES
  ('stage', 'pending_accept 30m', '4wh', 'submit 03-03 19:00', '03-03 19:30'),
  ('stage', 'pending_dispatch 2wh', '4wh', 'accept 03-03 17:00', '03-04 09:00'),
  ('stage', 'urgent: pending_dispatch 10m', '4wh', 'urgent 03-08 22:00', '03-08 22:10'),
  ('stage', 'dispatched 1wd', '4wh', 'dispatch 03-03 09:00', '03-04 18:00'),
  ('stage', 'dispatched 1wd, suspended over a night', '8wh', 'dispatch 03-03 09:00 | suspend 10:00 | resume 03-04 10:00', '03-05 18:00'),
  ('stage', 'dispatched 1wd, over 国庆节', '4wh', 'dispatch 09-30 09:00', '10-09 18:00'),
  ('stage', 'pending_dispatch 2wh, merged', '4wh', 'accept 03-03 09:00 | merge 10:00 | unmerge 15:00', '03-03 16:00'), -- 1 h left
  ('stage', 'handling has none', '4wh', 'handle 03-03 09:00', NULL),
  ('stage', 'returned 2wh', '4wh', 'handle 03-03 09:00 | give_back 17:00', '03-04 09:00'),
  ('stage', 'feedback has none', '4wh', 'handle 03-03 09:00 | feedback 10:00', NULL),
  ('stage', 'checking 2wh', '4wh', 'handle 03-03 09:00 | feedback 10:00 | check 11:00', '03-03 15:00'),
  ('stage', 'pending_close 1wd', '4wh', 'handle 03-03 09:00 | feedback 10:00 | check 11:00 | pass 03-07 11:00', '03-10 18:00'),
-- Breaches: on the task, against the deadline in force when the clock paused or stopped.
  ('breach', 'feedback at the deadline', '4wh', 'handle 03-03 09:00 | feedback 15:00', 'feedback in time'),
  ('breach', 'feedback a second later', '4wh', 'handle 03-03 09:00 | feedback 15:00:01', 'feedback late'),
  ('breach', 'd: feedback at 24:00', '1d', 'handle 03-03 09:00 | feedback 03-05 00:00', 'feedback in time'),
  ('breach', 'returned late', '4wh', 'handle 03-03 09:00 | give_back 16:00', 'give_back late'),
  ('breach', 'recalled in time, fed back late', '4wh', 'handle 03-03 09:00 | recall 10:00 | handle 11:00 | feedback 16:30', 'recall in time, feedback late'),
  ('breach', 'escalated late, other unit in time', '4wh', 'handle 03-03 09:00 | escalate 16:00 | handle 17:00 gs | feedback 17:30', 'escalate late, feedback in time'),
  ('breach', 'sent back after a feedback in time, then late', '4wh', 'handle 03-03 09:00 | feedback 10:00 | send_back 11:00 | feedback 16:01', 'feedback in time, feedback late'),
  ('breach', 'late, but asked for an extension in time', '4wh', 'handle 03-03 09:00 | ask 14:30 | grant 16:00 | feedback 17:00', 'feedback in time'),
  ('breach', 'corrected after a late feedback: stays', '4wh', 'handle 03-03 09:00 | feedback 16:00 | correct 16:30', 'feedback late'),
-- Working minutes used, without the pauses.
  ('used', 'feedback after a pause over lunch', '4wh', 'handle 03-03 09:00 | suspend 11:00 | resume 15:00 | feedback 16:00', '180'),
  ('used', 'second unit counts its own', '4wh', 'handle 03-03 09:00 | give_back 10:00 | handle 11:00 zj | feedback 15:00', '120'),
  ('used', 'rework counts its own', '4wh', 'handle 03-03 09:00 | feedback 10:00 | fail 14:00 | restart 15:00 | feedback 15:20', '20');

CREATE FUNCTION pg_temp.answer(c cases) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  UPDATE gov.handling_limit SET allow = c.allow::grid_gov.time_limit WHERE area = '371602001001001' AND item = '0101';
  IF c.other IS NOT NULL THEN
    UPDATE gov.handling_limit SET allow = c.other::grid_gov.time_limit WHERE area = '371602001001001' AND item = '0102';
  END IF;
  n := pg_temp.run(c.script);
  RETURN (SELECT CASE c.ask
      WHEN 'due' THEN to_char(e.due_at, 'MM-DD HH24:MI')
      WHEN 'stage' THEN to_char(e.stage_due_at, 'MM-DD HH24:MI')
      WHEN 'used' THEN e.used_minutes::text
      WHEN 'breach' THEN (SELECT string_agg(outcome || CASE WHEN breach THEN ' late' ELSE ' in time' END, ', ' ORDER BY t.id) FROM gov.event_task t WHERE t.event_id = e.id AND kind = 'handle') END
    FROM gov.event e WHERE e.id = n);
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

CREATE TEMP TABLE answers AS SELECT c.*, pg_temp.answer(c) AS answer FROM cases c ORDER BY ord;
SELECT ask, name, allow, CASE WHEN answer IS NOT DISTINCT FROM expected THEN 'ok' ELSE format('expected %s, got %s', expected, answer) END AS result FROM answers ORDER BY ord;
SELECT count(*) AS cases, count(*) FILTER (WHERE answer IS NOT DISTINCT FROM expected) AS agree FROM answers;

-- Corrected to a category of which the city has no item, so no limit is known: what was promised stands until there is one.
UPDATE gov.handling_limit SET allow = '4wh' WHERE area = '371602001001001';
BEGIN;
UPDATE gov.catalogue SET active = false WHERE category = '矛盾纠纷';
SELECT pg_temp.run('handle 03-03 09:00 | vague 10:00 | give_back 10:00 | handle 11:00') AS e \gset
SELECT due_at, handling_allow FROM gov.event WHERE id = :e;
SELECT pg_temp.run('handle 03-03 09:00 | feedback 10:00 | vague 10:30 | send_back 11:00') AS e \gset
SELECT due_at, handling_allow FROM gov.event WHERE id = :e;
ROLLBACK;

-- An urgent event cannot be suspended or extended, and one suspension is all.
SELECT pg_temp.run('urgent 03-08 22:00 | handle 22:05 | suspend 22:10');
SELECT pg_temp.run('urgent 03-08 22:00 | handle 22:05 | extend 22:10');
SELECT pg_temp.run('handle 03-03 09:00 | suspend 09:10 | resume 09:20 | suspend 09:30');
SELECT pg_temp.run('handle 03-03 09:00 | extend 09:10 | extend 09:20 | extend 09:30');
SELECT pg_temp.run('handle 03-03 09:00 | suspend 03-11 09:10');
SELECT * FROM grid_gov.verify_journal();

-- Warnings: yellow at 80 % or with one working day left, red at the first working moment past the deadline, each once a round; a step
-- that comes before the sweeper loses none, and a deadline moved into the past warns at once.
CREATE FUNCTION pg_temp.alerts(script text, VARIADIC sweeps timestamptz[]) RETURNS TABLE (clock text, round integer, rung text, at text, due text) LANGUAGE plpgsql AS $$
DECLARE
  n bigint := pg_temp.run(script);
  t timestamptz;
BEGIN
  FOREACH t IN ARRAY sweeps LOOP
    PERFORM grid_gov.sweep_at(t);
  END LOOP;
  RETURN QUERY SELECT a.clock, a.round, a.rung, to_char(a.at, 'MM-DD HH24:MI:SS.US'), to_char(a.due_at, 'MM-DD HH24:MI') FROM gov.alert a WHERE a.event_id = n ORDER BY a.at, a.id;
END
$$;
UPDATE gov.handling_limit SET allow = '5wd' WHERE area = '371602001001001' AND item = '0101';
UPDATE gov.handling_limit SET allow = '4wh' WHERE area = '371602001001001' AND item = '0102';
SELECT * FROM pg_temp.alerts('handle 03-03 09:00', '2025-03-07 17:59:59+08', '2025-03-07 18:00+08', '2025-03-10 18:00+08', '2025-03-11 08:01+08', '2025-03-12 08:00+08');
-- a pause moves both; what was used before it counts
UPDATE gov.handling_limit SET allow = '5wh' WHERE area = '371602001001001' AND item = '0101';
SELECT * FROM pg_temp.alerts('handle 03-03 09:00 | suspend 10:00 | resume 14:00', '2025-03-03 18:00+08', '2025-03-04 18:00+08');
-- a step between the moment and the sweeper
SELECT * FROM pg_temp.alerts('submit 03-03 09:00 | urge 09:40', '2025-03-03 09:41+08');
-- corrected to a limit that is used up already
UPDATE gov.handling_limit SET allow = '5wd' WHERE area = '371602001001001' AND item = '0101';
SELECT * FROM pg_temp.alerts('handle 03-03 09:00 | correct 16:00', '2025-03-03 16:01+08', '2025-03-03 16:02+08');
-- an extension begins a round
UPDATE gov.handling_limit SET allow = '4wh' WHERE area = '371602001001001' AND item = '0101';
SELECT * FROM pg_temp.alerts('handle 03-03 09:00 | sweep 14:30 | extend 14:40', '2025-03-04 12:00+08');

-- The cases with pauses of five helpdesk engines (test/data/clock_cases.tsv), through an event: a pause is a recall and a
-- redispatch to the same unit. Dates are moved back by whole weeks where they lie in the future. Whether a moment is open is
-- asked of two events that run from the day before all pauses, one to that moment and one a minute longer: did the clock go on?
\set calendars `cat "$PG_ABS_SRCDIR/data/clock_calendars.tsv"`
\set cases `cat "$PG_ABS_SRCDIR/data/clock_cases.tsv"`
CREATE TEMP TABLE peer AS
  SELECT f[1] AS id, f[2] AS ask, k.hours, f[4]::timestamptz - back AS start, CASE f[2] WHEN 'used' THEN f[5]::timestamptz - back END AS until, f[5] AS allow,
    ARRAY(SELECT tstzrange(CASE f[2] WHEN 'open' THEN split_part(p, '/', 1)::timestamptz ELSE greatest(split_part(p, '/', 1)::timestamptz, f[4]::timestamptz) END - back, split_part(p, '/', 2)::timestamptz - back)
      FROM string_to_table(f[6], ';') p
      WHERE f[2] = 'open' OR split_part(p, '/', 2)::timestamptz > f[4]::timestamptz AND (f[2] = 'due' OR split_part(p, '/', 1)::timestamptz < f[5]::timestamptz) ORDER BY 1) AS pauses,
    CASE WHEN f[2] <> 'due' THEN f[7] ELSE to_char(f[7]::timestamptz - back, 'YYYY-MM-DD HH24:MI:SS') END AS expected
  FROM string_to_table(:'cases', E'\n') l, string_to_array(l, E'\t') f,
    LATERAL (SELECT split_part(c, E'\t', 2) AS hours FROM string_to_table(:'calendars', E'\n') c WHERE split_part(c, E'\t', 1) = f[3]) k,
    LATERAL (SELECT CASE WHEN f[4] >= '2030' THEN interval '3654 days' ELSE '0' END AS back) b
  WHERE f[6] <> '';
INSERT INTO gov.calendar (area, name, hours) VALUES ('3716', 'peer', 'UTC; 24/7');
UPDATE gov.handling_limit SET calendar = 'peer' WHERE area = '371602001001001' AND item = '0101';

CREATE FUNCTION pg_temp.through_event(c peer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  e bigint;
  p tstzrange;
  shorter peer := c;
BEGIN
  -- 60 or 0 seconds longer
  IF c.ask = 'open' THEN
    c.ask := 'used';
    c.until := c.start + interval '1 minute';
    c.start := date_trunc('year', c.start);
    shorter := c;
    shorter.until := c.until - interval '1 minute';
    RETURN (pg_temp.through_event(c)::numeric - pg_temp.through_event(shorter)::numeric > 0)::text;
  END IF;
  UPDATE gov.calendar SET hours = c.hours::grid_gov.work_calendar WHERE name = 'peer';
  -- only whole minutes can be a limit
  UPDATE gov.handling_limit SET allow = (CASE c.ask WHEN 'due' THEN c.allow::integer / 60 || 'wm' ELSE '100wh' END)::grid_gov.time_limit WHERE area = '371602001001001' AND item = '0101';
  e := pg_temp.new_event(c.start, false);
  PERFORM pg_temp.step(e, 'acceptor_city', 'submit', c.start), pg_temp.step(e, 'acceptor_city', 'accept', c.start, '{"item": "0101"}');
  PERFORM pg_temp.step(e, 'dispatcher_city', 'dispatch', c.start, '{"unit": "cg"}');
  FOREACH p IN ARRAY c.pauses LOOP
    EXIT WHEN lower(p) >= c.until;
    PERFORM pg_temp.step(e, 'dispatcher_city', 'recall', lower(p));
    EXIT WHEN upper(p) > c.until;
    PERFORM pg_temp.step(e, 'dispatcher_city', 'redispatch', upper(p), '{"unit": "cg"}');
  END LOOP;
  IF c.ask = 'due' THEN
    RETURN (SELECT to_char(due_at, 'YYYY-MM-DD HH24:MI:SS') FROM gov.event WHERE id = e);
  END IF;
  -- where it ends in a pause, the recall has told what was used
  IF (SELECT state FROM gov.event WHERE id = e) <> 'returned' THEN
    PERFORM pg_temp.step(e, 'handler_cg', 'sign', c.until), pg_temp.step(e, 'handler_cg', 'feedback', c.until);
  END IF;
  RETURN (SELECT round(used_minutes * 60)::text FROM gov.event_task t WHERE t.event_id = e AND kind = 'handle' ORDER BY id DESC LIMIT 1);
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT id, ask, pauses, expected, answer FROM (SELECT p.*, pg_temp.through_event(p) AS answer FROM peer p) x WHERE answer IS DISTINCT FROM expected ORDER BY id COLLATE "C";
SELECT split_part(id, '-', 1) AS source, ask, count(*) FROM peer GROUP BY 1, 2 ORDER BY 1, 2;
SELECT * FROM grid_gov.verify_journal();
-- every one of these events tells its story, and the story ends at its deadline
SELECT count(DISTINCT id) > 150 AS many, count(*) FILTER (WHERE told IS DISTINCT FROM due_at) AS differ
  FROM (SELECT e.id, e.due_at, (SELECT x.due_at FROM grid_gov.explain_event_deadline(e.id) x WHERE x.at IS NOT NULL ORDER BY x.ord DESC LIMIT 1) AS told FROM gov.event e) s;
