/*
 * event.h: inside the event room: rows, workflow, actors, rules, steps.
 *
 * Cores (legal.c, clocks.c, change.c, digest.c) are pure: what they need of the
 * world comes as arguments or through GgAsk. Shells read and write.
 */
#ifndef GG_EVENT_H
#define GG_EVENT_H

#include "base/base.h"
#include "clock/clock.h"
#include "place/place.h"
#include "text/text.h"

#include "access/htup_details.h"
#include "datatype/timestamp.h"
#include "utils/jsonb.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* ---- row.c: the columns of gov.event ---- */

typedef enum GgType
{
	GG_I8,
	GG_I4,
	GG_I2,
	GG_TX,
	GG_TS,
	GG_BO,
	GG_F8,
	GG_DA,
	GG_BY,
	GG_JS,
	GG_GE,
	GG_TA /* timestamptz[] */
} GgType;

#define GG_WRITER 1
#define GG_FACT 2
#define GG_INPUT 4

typedef enum GgColumn
{
#define GG_COLUMN(symbol, name, type, flags) EV_##symbol,
#include "event/columns.h"
#undef GG_COLUMN
	EV_COUNT
} GgColumn;

typedef struct GgColumnInfo
{
	const char *name;
	GgType type;
	int flags;
} GgColumnInfo;

extern const GgColumnInfo gg_column[EV_COUNT];

/* An event row as datums by column; `changed` says what a step wrote. */
typedef struct GgRow
{
	Datum v[EV_COUNT];
	bool null[EV_COUNT];
	bool changed[EV_COUNT];
} GgRow;

typedef struct GgMap
{
	Oid relid;
	bool valid;
	AttrNumber attno[EV_COUNT];
} GgMap;

extern const GgMap *gg_map(Relation rel);
extern void gg_map_of_desc(TupleDesc desc, GgMap *map);
extern void gg_row_load(const GgMap *map, TupleDesc desc, HeapTuple tuple, GgRow *row);
extern void gg_row_check(const GgRow *row);
extern HeapTuple gg_row_store(const GgMap *map, TupleDesc desc, HeapTuple tuple, GgRow *row);
extern bool gg_column_equal(GgColumn c, const GgRow *a, const GgRow *b);

extern void gg_set(GgRow *row, GgColumn c, Datum value);
extern void gg_set_null(GgRow *row, GgColumn c);
extern void gg_set_text(GgRow *row, GgColumn c, const char *value); /* NULL: SQL NULL */
extern int gg_times(const GgRow *row, GgColumn c, TimestampTz **at);
extern void gg_set_times(GgRow *row, GgColumn c, const TimestampTz *at, int n);
extern char *gg_text(const GgRow *row, GgColumn c); /* palloc'd; NULL for SQL NULL */

static inline bool
gg_has(const GgRow *row, GgColumn c)
{
	return !row->null[c];
}

static inline TimestampTz
gg_time(const GgRow *row, GgColumn c)
{
	return DatumGetTimestampTz(row->v[c]);
}

static inline int64
gg_int8(const GgRow *row, GgColumn c)
{
	return row->null[c] ? 0 : DatumGetInt64(row->v[c]);
}

static inline int32
gg_int4(const GgRow *row, GgColumn c)
{
	return row->null[c] ? 0 : DatumGetInt32(row->v[c]);
}

static inline bool
gg_bool(const GgRow *row, GgColumn c)
{
	return !row->null[c] && DatumGetBool(row->v[c]);
}

extern bool gg_is(const GgRow *row, GgColumn c, const char *value);

/* ---- workflow.c: the automaton, from gov.workflow* ---- */

typedef enum GgRole
{
	GG_ROLE_GRID_WORKER,
	GG_ROLE_GRID_LEADER,
	GG_ROLE_PARTY_SECRETARY,
	GG_ROLE_VOLUNTEER,
	GG_ROLE_ACCEPTOR,
	GG_ROLE_DISPATCHER,
	GG_ROLE_HANDLER,
	GG_ROLE_UNIT_HEAD,
	GG_ROLE_CENTRE_HEAD,
	GG_ROLE_SUPERVISOR,
	GG_ROLE_CALLER,
	GG_ROLE_POLICE_OFFICER,
	GG_ROLE_AUDITOR,
	GG_ROLE_REPORTER,
	GG_ROLE_SYSTEM,
	GG_ROLE_OWNER,
	GG_ROLES
} GgRole;

extern const char *const gg_role_name[GG_ROLES];
extern int gg_role_of(const char *name);

typedef enum GgRelation
{
	GG_REL_ANY,
	GG_REL_AREA,
	GG_REL_OWN,
	GG_REL_OWN_TASK,
	GG_REL_OWN_UNIT,
	GG_REL_CO_UNIT
} GgRelation;

typedef enum GgGuardKind
{
	GG_G_URGENT,
	GG_G_NOT_URGENT,
	GG_G_CAME_BY,
	GG_G_NOT_OVERDUE,
	GG_G_WAS_OVERDUE,
	GG_G_MAX,
	GG_G_WITHIN,
	GG_G_UNTIL_WITHIN,
	GG_G_REQUESTED,
	GG_G_ENDORSED,
	GG_G_NOT_REQUESTER,
	GG_G_NOT_DESIGNATED,
	GG_G_ADMITTED,
	GG_G_MASTER_OPEN,
	GG_G_NO_CYCLE,
	GG_G_MASTER_CLOSED,
	GG_G_NOT_SOURCE,
	GG_G_NOT_TOP_LEVEL,
	GG_G_NOT_DEPARTMENT_DUTY,
	GG_G_LOW_RISK,
	GG_G_UNSATISFIED
} GgGuardKind;

typedef enum GgEffectKind
{
	GG_E_SET_LIMITS,
	GG_E_OPEN_TASK,
	GG_E_SIGN_TASK,
	GG_E_CLOSE_TASK,
	GG_E_REOPEN_TASK,
	GG_E_START_CLOCK,
	GG_E_STOP_CLOCK,
	GG_E_STOP_CLOCKS,
	GG_E_PAUSE_CLOCK,
	GG_E_PAUSE_CLOCKS,
	GG_E_RESUME_CLOCK,
	GG_E_RESUME_CLOCKS,
	GG_E_EXTEND_CLOCK,
	GG_E_RESTART_OR_RESUME_CLOCK,
	GG_E_REMEMBER_STATE,
	GG_E_COUNT,
	GG_E_MARK,
	GG_E_OPEN_REQUEST,
	GG_E_ENDORSE_REQUEST,
	GG_E_CLOSE_REQUEST,
	GG_E_VOID_REQUESTS,
	GG_E_LINK_MASTER,
	GG_E_UNLINK_MASTER,
	GG_E_LEVEL_UP,
	GG_E_LEVEL_DOWN,
	GG_E_REROUTE,
	GG_E_RELABEL,
	GG_E_DESIGNATE_IF_SAME_UNIT,
	GG_E_EXEMPT_OVERDUE
} GgEffectKind;

/* A guard or effect: "name:arg:number", e.g. max:suspend:1, start_clock:handling:50%. */
typedef struct GgRule
{
	int kind;
	char *text; /* as written */
	char *arg;  /* first argument, "" for none */
	int number; /* second argument */
	GgLimit limit;
} GgRule;

#define GG_TO_SAME (-1)
#define GG_TO_BEFORE (-2)
#define GG_MAX_STATES 64

typedef struct GgState
{
	char *name;
	char *title;
	bool open;
	bool paused;
	bool terminal;
} GgState;

typedef struct GgArgGroup
{
	int n;
	char *name[6]; /* one of these is needed */
} GgArgGroup;

typedef struct GgTransition
{
	char *id;
	char *action;
	char *label;
	bool from_new;
	uint64 from; /* set of state numbers */
	int to;
	int nroles;
	GgRole role[8];
	GgRelation relation[8];
	char *roles_text;
	char *args_text;
	bool needs_note;
	int nargs;
	GgArgGroup arg[6];
	int nguards;
	GgRule *guard;
	int neffects;
	GgRule *effect;
} GgTransition;

typedef struct GgAuto
{
	char *area;
	char *action;
	char *except_source; /* NULL: none */
	GgLimit after;
} GgAuto;

typedef struct GgWorkflow
{
	char *name;
	char *area;
	bool for_events;
	int nstates;
	GgState state[GG_MAX_STATES];
	int ntransitions;
	GgTransition *transition;
	int nautos;
	GgAuto *autos;
} GgWorkflow;

extern const GgWorkflow *gg_workflow(const char *name);
extern const GgWorkflow *gg_workflow_for_area(const char *area);
extern int gg_state_of(const GgWorkflow *wf, const char *name); /* -1: no such state */
extern const GgTransition *gg_transition(const GgWorkflow *wf, int from, const char *action);
extern bool gg_has_effect(const GgTransition *t, GgEffectKind kind);
extern const char *gg_task_kind(const GgTransition *t);

/* ---- rules.c: the city's limits, catalogue, calendars, root; a snapshot that follows commits ---- */

typedef struct GgItem
{
	char code[9]; /* hash key */
	char *category;
	GgLimit allow;
	char *first_level;
	bool urgent;
	bool low_risk;
	bool department_duty;
} GgItem;

extern const char *gg_root(void);
extern const GgItem *gg_item(const char *code); /* NULL: not in the catalogue */
extern bool gg_handling_limit(const char *area, const char *source, const char *item, bool urgent,
							  GgLimit *allow, int64 *calendar);
extern bool gg_stage_limit(const char *area, const char *state, bool urgent, GgLimit *allow);
extern int64 gg_calendar_for_area(const char *area); /* 0: none */
extern void gg_hold_calendars(bool change);
extern const GgCalendar *gg_calendar_by_id(int64 id); /* NULL: none */
extern char *gg_calendar_label(int64 id);             /* for messages; NULL: none */
extern const GgCalendar *gg_calendar_for_limit(const char *area, GgLimitKind kind);

/* Does a limit of this kind need a calendar? */
static inline bool
gg_needs_calendar(GgLimitKind kind)
{
	return kind != GG_LIMIT_M && kind != GG_LIMIT_H && kind != GG_LIMIT_PD;
}

extern bool gg_unit_active(const char *unit);
extern bool gg_area_publishes(const char *area);
extern bool gg_item_admitted(const char *area, const char *item, TimestampTz at);
extern int gg_level_number(const char *level); /* grid 1 .. province 6; 0: none */
extern const char *gg_level_name(int number);
extern int gg_area_level(const char *area); /* level number of an area code */

/* ---- actor.c: who acts ---- */

typedef enum GgActorKind
{
	GG_ACTOR_STAFF,
	GG_ACTOR_CITIZEN,
	GG_ACTOR_SYSTEM,
	GG_ACTOR_OWNER
} GgActorKind;

typedef struct GgPost
{
	GgRole role;
	char *area;
	char *unit; /* NULL: none */
	TimestampTz from;
	TimestampTz to;
} GgPost;

/* What a session role may do for others, and where. */
typedef struct GgProxy
{
	char *area;
	int backdate_minutes;
} GgProxy;

typedef struct GgActor
{
	GgActorKind kind;
	int64 id;         /* staff */
	const char *key;  /* citizen */
	const char *text; /* for the journal */
	int nproxies;     /* rows of gov.actor_proxy through which he acts; 0: as himself */
	const GgProxy *proxy;
	int nposts;
	const GgPost *post;
} GgActor;

extern char *gg_actor_setting; /* grid_gov.actor */
extern void gg_actor_init(void);
extern const GgActor *gg_actor_now(void);
extern bool gg_acts_in(const GgActor *a, const char *area, int *backdate_minutes);
extern const GgActor gg_actor_system;
extern const GgActor gg_actor_owner;

/* ---- steps ---- */

typedef struct GgRefusal
{
	int code;
	char *message;
	char *detail;
	char *hint;
} GgRefusal;

typedef struct GgMaster
{
	bool found;
	bool open;
	bool closed;
	bool cycle;
} GgMaster;

typedef struct GgRequestFacts
{
	bool undecided;
	bool endorsed;
	char *made_by;
	bool has_until;
	TimestampTz until;
} GgRequestFacts;

/* What legality asks of the world: answered with the latest snapshot after the row lock. */
typedef struct GgAsk
{
	bool (*own_task)(int64 event, const char *kind, int64 person, const char *unit);
	bool (*co_unit)(int64 event, int64 person, const char *unit);
	bool (*is_reporter)(int64 event, const GgActor *actor);
	bool (*breached)(int64 event);
	int (*happened)(int64 event, const char *action);
	int (*requests_made)(int64 event, const char *kind);
	void (*request)(int64 event, const char *kind, GgRequestFacts *facts);
	/* lock: it stays as it is until we commit */
	void (*master)(int64 event, int64 master, bool lock, GgMaster *facts);
	bool (*is_grid_worker)(int64 person, TimestampTz at);
	bool (*works_for)(int64 person, const char *unit, TimestampTz at);
	bool (*is_of_grid)(int64 person, TimestampTz at);
	bool (*unit_exists)(const char *unit);
	bool (*person_exists)(int64 person);
	bool (*grid_exists)(const char *grid);
} GgAsk;

extern const GgAsk gg_ask_world;

/* One step, as it is being judged and carried out. */
typedef struct GgStep
{
	const GgWorkflow *wf;
	const GgTransition *t;
	int from; /* -1: new */
	int to;
	const GgActor *actor;
	GgRole role;
	const char *actor_unit;
	TimestampTz at;
	TimestampTz recorded_at;
	bool backdated;
	char *note;
	Jsonb *args;
	/* filled by change.c for the AFTER trigger */
	bool breach;              /* the handling clock was past due when it paused or stopped */
	TimestampTz due_in_force; /* 0: none */
	double used_minutes;
	const char *request_outcome;
} GgStep;

/* legal.c */
extern GgRefusal *gg_legal(GgStep *step, const GgRow *row, const GgAsk *ask, bool check_args);
extern GgRefusal *gg_refuse(int code, const char *message, const char *detail, const char *hint);
extern char *gg_actions_from(const GgWorkflow *wf, int from);
pg_noreturn extern void gg_raise(const GgRefusal *refusal);

/* args.c: reading jsonb arguments */
extern char *gg_arg(const Jsonb *args,
					const char *name); /* NULL: absent or null; numbers and booleans as text */
extern int gg_arg_list(const Jsonb *args, const char *name, char ***list);
extern bool gg_arg_int8(const Jsonb *args, const char *name, int64 *value);
extern bool gg_arg_time(const Jsonb *args, const char *name, TimestampTz *value);

/* clocks.c: both clocks of a row */
extern void gg_stage_start(GgRow *row, TimestampTz at, const char *state_name, bool paused);
extern void gg_stage_stop(GgRow *row);
extern void gg_stage_pause(GgRow *row, TimestampTz at);
extern void gg_stage_resume(GgRow *row, TimestampTz at);
extern void gg_handling_start(GgRow *row, TimestampTz at, int percent);
extern void gg_handling_pause(GgRow *row, TimestampTz at);
extern void gg_handling_resume(GgRow *row, TimestampTz at);
extern void gg_handling_stop(GgRow *row, TimestampTz at);
extern void gg_handling_extend(GgRow *row, TimestampTz at);
extern void gg_handling_relimit(GgRow *row);
extern void gg_project(GgRow *row);
extern bool gg_handling_running(const GgRow *row);
extern bool gg_stage_running(const GgRow *row);
extern void gg_set_limits(GgRow *row);
typedef struct GgRung
{
	const char *clock;
	const char *name;
	int round;
	TimestampTz at;
	TimestampTz due;
} GgRung;
extern int gg_rungs(const GgRow *row, GgRung rung[4]);
extern void gg_plan_alert(GgRow *row, TimestampTz after, const GgRow *old);
extern double gg_handling_used(const GgRow *row, TimestampTz at);
extern void gg_plan_auto(GgRow *row, const GgWorkflow *wf);

/* change.c */
extern GgRefusal *gg_change(GgStep *step, GgRow *row, const GgAsk *ask);

/* act.c: would the current role see this event by SELECT? Inside SPI_connect(), as the caller. */
extern char *gg_misspelt_arg(const GgTransition *t, const Jsonb *args, const char **meant);
extern bool gg_visible(int64 event);
pg_noreturn extern void gg_not_visible(int64 event);
extern bool gg_all_visible(Datum events, int n);

/* digest.c */
#define GG_DIGEST 32
extern void gg_facts_digest(const GgRow *row, uint8 out[GG_DIGEST]);
typedef struct GgLogRow
{
	int64 event;
	int32 seq;
	TimestampTz at;
	TimestampTz recorded_at;
	const char *action;
	const char *from; /* NULL: new */
	const char *to;
	const char *actor;
	const char *role;
	const char *outer_role;
	const char *session_role;
	const char *area;
	const char *unit; /* NULL: none */
	bool has_due;
	TimestampTz due;
	bool has_stage_due;
	TimestampTz stage_due;
	bool backdated;
	bool imported;
	bool has_note;
	uint8 note_digest[GG_DIGEST];
	uint8 facts_digest[GG_DIGEST];
} GgLogRow;
extern void gg_log_hash(const GgLogRow *log, const uint8 *previous, uint8 out[GG_DIGEST]);
extern void gg_note_digest(const uint8 *salt, int saltlen, const char *note, const char *args,
						   uint8 out[GG_DIGEST]);

/* pending.c: what BEFORE tells AFTER */
typedef struct GgPending
{
	int64 event; /* hash key, with seq */
	int32 seq;
	int32 pad;
	GgLogRow log;
	uint8 hash[GG_DIGEST];
	const char *note;
	Jsonb *args;
	uint8 salt[16];
	GgStep step; /* strings copied; wf and t are looked up again */
	const char *workflow;
	const char *citizen_key;
	bool touches_tasks; /* what AFTER still has to do matters to the next step */
} GgPending;
typedef enum GgShared
{
	GG_SHARED_WORKFLOW,
	GG_SHARED_ACTION,
	GG_SHARED_FROM,
	GG_SHARED_TO,
	GG_SHARED_ACTOR,
	GG_SHARED_ACTOR_UNIT,
	GG_SHARED_OUTER,
	GG_SHARED_SESSION,
	GG_SHARED_AREA,
	GG_SHARED_UNIT,
	GG_SHARED_NOTE,
	GG_SHARED_KEY,
	GG_SHARED
} GgShared;
extern const char *gg_pending_share(GgShared place, const char *text);
extern Jsonb *gg_pending_args(Jsonb *args);
extern GgPending *gg_pending_add(int64 event, int32 seq);
extern GgPending *gg_pending_take(int64 event, int32 seq);
extern void gg_refuse_overtaking(const GgRow *old, const char *action);
extern bool gg_touches_tasks(const GgStep *step);
extern MemoryContext gg_pending_context(void);

/* import.c: old events, while import_events() runs */
extern bool gg_importing(void);
extern bool gg_importable(const char *column);
extern void gg_import_row(GgStep *step, GgRow *row);
extern void gg_import_last(const GgRow *row, const GgWorkflow *wf, const char **action, int32 *seq,
						   const char **from);
extern bool gg_import_chain(const GgRow *row, const GgWorkflow *wf, const GgLogRow *last,
							uint8 hash[GG_DIGEST],
							void (*write)(const GgLogRow *log, const uint8 *hash));

/* enforce.c, sweep.c: their settings */
extern void gg_enforce_init(void);

extern void gg_sweep_init(void);

/* worker.c: settings, and in the postmaster the workers */
extern void gg_worker_init(void);

/* system.c: our own steps on an event, as the system */
extern void gg_system_step(int64 event, const char *action, const char *note, const char *args,
						   TimestampTz at);
extern bool gg_system_pass(int64 event, TimestampTz *at, bool *quiet);
/* The same kind of step in the name of a person; judged by the caller. */
extern void gg_person_step(int64 event, const char *action, const char *note, const char *args,
						   TimestampTz at, const GgActor *actor, GgRole role);
/* In whose name the step of the pass just used is. */
extern const GgActor *gg_pass_actor(GgRole *role);
extern void gg_system_plan_alert(int64 event, TimestampTz after, bool forget_auto);

#endif /* GG_EVENT_H */
