/*
 * Sign-in against deprovisioning: no state in which somebody suspended has a live session once the batch has committed.
 *
 * The code: domain/sessions/create.ts (the session, with FOR SHARE on the membership), domain/sessions/revoke.ts,
 * worker/jobs/reconcile (the batch). The test that holds the code to this model: sign-in/core/races.test.ts and
 * worker/jobs/reconcile/model.test.ts.
 *
 * PostgreSQL as it is here, READ COMMITTED: each statement sees what was committed when it began. A statement that locks a row
 * waits for whoever changes it, and then looks at the row again as it is by then. A crash takes a transaction back.
 *
 * With one of these the model must fail; `run` holds that it does:
 *   NO_ROW_LOCK       a sign-in does not lock the membership
 *   REVOKE_FIRST      the batch revokes sessions before it suspends
 *   TWO_TRANSACTIONS  the batch suspends in one transaction, and revokes in the next
 *   LATE_MARKS        the batch deletes all marks at its end, not those that it saw when it read the user
 */
#define LOGINS 3
#define CHANGES 3

bool pushed_active = true;  /* directory_users.active */
byte marks = 0;             /* dirty_directory_users */
bool member_active = true;  /* memberships.status */
byte live = 0;              /* sessions that are not revoked */

/* The locks of the membership's row, and the advisory lock of the organization's people. */
byte shared = 0;
bool exclusive = false;
bool people = false;

byte crashes = 2;
byte changing = 1;
byte signing_in = LOGINS;

/* A SCIM client that deactivates, and may change its mind: ends with either. */
proctype Push() {
  byte changes = 0;
  do
  :: changes < CHANGES -> atomic { pushed_active = !pushed_active; marks++; changes++ }
  :: changes > 0 -> break
  od;
  changing--
}

/* Somebody who is known: one statement, and so one transaction. */
proctype SignIn() {
  bool seen;
  seen = member_active;
  if
  :: !seen -> goto refused
  :: else
  fi;
#ifndef NO_ROW_LOCK
  /* FOR SHARE: waits for a batch that has changed the row, and looks at it again. */
  if
  :: atomic { !exclusive && member_active -> shared++ }
  :: atomic { !exclusive && !member_active -> goto refused }
  fi;
#endif
  if
  :: atomic { live++;
#ifndef NO_ROW_LOCK
       shared--
#endif
     }
  :: atomic { crashes > 0 -> crashes--;
#ifndef NO_ROW_LOCK
       shared--
#endif
     }
  fi;
refused:
  signing_in--
}

/* Two workers: the advisory lock lets one of them work on an organization. */
proctype Worker() {
  bool wanted;
  bool changes_it;
  byte taken;
  byte sessions;
end:
  do
  :: atomic { marks > 0 && !people -> people = true };
     atomic { taken = marks; wanted = pushed_active };
     sessions = 0;
     changes_it = (wanted != member_active);
#ifdef REVOKE_FIRST
     if
     :: !wanted -> sessions = live
     :: else
     fi;
#endif
     if
     :: changes_it -> atomic { !exclusive && shared == 0 -> exclusive = true }
     :: else
     fi;
#ifdef TWO_TRANSACTIONS
     if
     :: changes_it -> atomic { member_active = wanted; exclusive = false; changes_it = false }
     :: else
     fi;
#endif
#ifndef REVOKE_FIRST
     if
     :: !wanted -> sessions = live
     :: else
     fi;
#endif
     if
     :: atomic {
          /* The commit. */
#ifdef LATE_MARKS
          marks = 0;
#else
          marks = marks - taken;
#endif
          live = live - sessions;
          if
          :: changes_it -> member_active = wanted; exclusive = false
          :: else
          fi;
          people = false
        }
     :: atomic {
          crashes > 0 -> crashes--;
          if
          :: changes_it -> exclusive = false
          :: else
          fi;
          people = false
        }
     fi
  od
}

/* Holds in every state. */
proctype NobodySuspendedIsSignedIn() {
end:
  atomic { !member_active && live > 0 -> assert(false) }
}

/* Holds once there is nothing left to do. */
proctype Settled() {
  timeout;
  assert(changing == 0 && signing_in == 0);
  assert(marks == 0);
  assert(member_active == pushed_active);
  assert(shared == 0 && !exclusive && !people)
}

init {
  byte i;
  atomic {
    run Push();
    for (i : 1 .. LOGINS) { run SignIn() }
    run Worker();
    run Worker();
    run NobodySuspendedIsSignedIn();
    run Settled()
  }
}
