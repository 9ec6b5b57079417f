/*
 * Mark, batch, outbox, delivery, with crashes: no change is lost, no event is missing, doubled or forever undelivered, and
 * what rests on another's commit comes after it.
 *
 * The code: domain/directories/dirty (marks), worker/jobs/reconcile (the batch), domain/events/outbox (fill.ts, read and
 * acknowledge). The tests that hold the code to this model: domain/events/outbox/outbox.test.ts and
 * worker/jobs/reconcile/{model,faults}.test.ts.
 *
 * PostgreSQL as it is here: a transaction has a number from its first write; a snapshot is the first number that is not given
 * yet, and those that are still open. A crash takes a transaction back. That a job asks for the work does not matter, since jobs
 * may be lost: whoever finds work by looking is the sweep.
 *
 * With one of these the model must fail; `run` holds that it does:
 *   LATE_SNAPSHOT    the outbox keeps a snapshot of its end, not the one that it read with
 *   BY_HORIZON       the outbox keeps only the highest number that it saw, not what was still open
 *   NO_LOCK          two processes fill the outbox at once
 *   BY_NUMBER        the outbox is in the order of transactions' numbers, not of the events' own
 *   LATE_MARKS       the batch deletes all marks at its end, not those that it saw when it read the user
 *   EARLY_ACK        a consumer acknowledges before it acts
 */
#define EVENTS 6  /* two, and one for each change and each crash */
#define NONE 255

/* What a directory pushed, and what came of it. */
byte pushed = 0;
byte marks = 0;
byte applied = 0;

/* Transactions. */
byte next_transaction = 0;
byte open = 0;  /* a bit for each */

/* Events, by serial: a sequence, taken when the event is inserted, not when it is committed. */
byte next_serial = 0;
byte transaction_of[EVENTS];
bool committed[EVENTS];
byte rests_on[EVENTS];  /* bits: what was committed when it was recorded */
byte applied_in[EVENTS];

/* The outbox and its state. */
byte position_of[EVENTS];
byte filled = 0;
byte snapshot_next = 0;
byte snapshot_open = 0;
bool filling = false;

/* The consumer's row, and what it has done. */
byte acknowledged = 0;
byte done = 0;  /* events it has acted on, a bit for each position */

byte crashes = 2;
byte working = 0;

inline begin(id) {
  id = next_transaction;
  next_transaction++;
  open = open | (1 << id)
}

inline record(id, event) {
  event = next_serial;
  next_serial++;
  transaction_of[event] = id;
  rests_on[event] = 0;
  for (n : 0 .. EVENTS - 1) {
    if
    :: committed[n] -> rests_on[event] = rests_on[event] | (1 << n)
    :: else
    fi
  }
}

/* An API call that records two events: a transaction that may stay open while others come and go. */
proctype Recorder() {
  byte id;
  byte first;
  byte second;
  byte n;
  atomic { begin(id); record(id, first) };
  atomic { record(id, second) };
  if
  :: atomic { committed[first] = true; committed[second] = true; open = open & ~(1 << id) }
  :: atomic { crashes > 0 -> crashes--; open = open & ~(1 << id) }
  fi;
  n = 0; first = 0; second = 0; id = 0;
  working--
}

proctype Push() {
  atomic { pushed = 1; marks++ };
  atomic { pushed = 2; marks++ };
  working--
}

bool reconciling = false;

proctype Worker() {
  byte id;
  byte event;
  byte taken;
  byte wanted;
  byte n;
end:
  do
  :: atomic { marks > 0 && !reconciling -> reconciling = true };
     atomic { taken = marks; wanted = pushed };
     if
     :: wanted == applied -> event = NONE
     :: else -> atomic { begin(id); record(id, event) }
     fi;
     if
     :: atomic {
#ifdef LATE_MARKS
          marks = 0;
#else
          marks = marks - taken;
#endif
          applied = wanted;
          if
          :: event != NONE -> committed[event] = true; open = open & ~(1 << id)
          :: else
          fi;
          reconciling = false
        }
     :: atomic {
          crashes > 0 -> crashes--;
          if
          :: event != NONE -> open = open & ~(1 << id)
          :: else
          fi;
          reconciling = false
        }
     fi;
     atomic { id = 0; event = 0; taken = 0; wanted = 0; n = 0 }
  od
}

#ifdef BY_HORIZON
#define IN_SNAPSHOT(id) ((id) < snapshot_next)
#else
#define IN_SNAPSHOT(id) ((id) < snapshot_next && !(snapshot_open & (1 << (id))))
#endif

#define IS_FRESH(n) (committed[n] && !IN_SNAPSHOT(transaction_of[n]))
#define IS_MISSING(n) (committed[n] && position_of[n] == NONE)
#define ANYTHING_MISSING \
  (IS_MISSING(0) || IS_MISSING(1) || IS_MISSING(2) || IS_MISSING(3) || IS_MISSING(4) || IS_MISSING(5))

/* Each second, in each worker: whoever gets the lock. */
proctype Filler() {
  byte fresh;  /* bits */
  byte seen_next;
  byte seen_open;
  byte next;
  byte n;
  byte k;
end:
  do
#ifdef NO_LOCK
  :: atomic { ANYTHING_MISSING -> skip };
#else
  :: atomic { ANYTHING_MISSING && !filling -> filling = true };
#endif
     /* One statement, one snapshot. */
     atomic {
       fresh = 0;
       for (n : 0 .. EVENTS - 1) {
         if
         :: IS_FRESH(n) -> fresh = fresh | (1 << n)
         :: else
         fi;
#ifndef NO_LOCK
         assert(IS_FRESH(n) == IS_MISSING(n))
#endif
       };
       seen_next = next_transaction;
       seen_open = open;
       next = filled
     };
     if
     :: atomic {
          for (n : 0 .. EVENTS - 1) {
#ifdef BY_NUMBER
            k = NONE;
            byte best;
            best = NONE;
            byte m;
            for (m : 0 .. EVENTS - 1) {
              if
              :: (fresh & (1 << m)) && transaction_of[m] < best -> best = transaction_of[m]; k = m
              :: else
              fi
            };
#else
            k = n;
#endif
            if
            :: k != NONE && (fresh & (1 << k)) ->
               assert(position_of[k] == NONE);
               position_of[k] = next;
               next++;
               fresh = fresh & ~(1 << k)
            :: else
            fi
          };
          filled = next;
#ifdef LATE_SNAPSHOT
          snapshot_next = next_transaction;
          snapshot_open = open;
#else
          snapshot_next = seen_next;
          snapshot_open = seen_open;
#endif
          filling = false
        }
     :: atomic { crashes > 0 -> crashes--; filling = false }
     fi;
     atomic { fresh = 0; seen_next = 0; seen_open = 0; next = 0; n = 0; k = 0 }
  od
}

/* Acts on what is behind its cursor, and acknowledges; after a crash it begins behind what it acknowledged. */
proctype Consumer() {
  byte at;
end:
  do
  :: atomic { acknowledged < filled -> at = acknowledged };
#ifdef EARLY_ACK
     acknowledged = at + 1;
#endif
     if
     :: atomic { done = done | (1 << at) };
        if
        :: acknowledged = at + 1
        :: atomic { crashes > 0 -> crashes-- }
        fi
     :: atomic { crashes > 0 -> crashes-- }
     fi;
     at = 0
  od
}

/* Holds once there is nothing left to do. */
proctype Settled() {
  byte n;
  byte m;
  byte count;
  timeout;
  atomic {
    assert(working == 0 && marks == 0 && open == 0 && !filling && !reconciling);
    assert(applied == pushed);
    for (n : 0 .. EVENTS - 1) {
      assert(committed[n] == (position_of[n] != NONE));
      if
      :: committed[n] ->
         count++;
         assert(position_of[n] < filled);
         assert(done & (1 << position_of[n]));
         for (m : 0 .. EVENTS - 1) {
           if
           :: m != n && committed[m] ->
              assert(position_of[m] != position_of[n]);
              if
              :: rests_on[n] & (1 << m) -> assert(position_of[m] < position_of[n])
              :: else
              fi
           :: else
           fi
         }
      :: else
      fi
    };
    assert(count == filled && acknowledged == filled)
  }
}

init {
  byte n;
  atomic {
    for (n : 0 .. EVENTS - 1) { position_of[n] = NONE };
    working = 2;
    run Recorder();
    run Push();
    run Worker();
    run Filler();
    run Filler();
    run Consumer();
    run Settled()
  }
}
