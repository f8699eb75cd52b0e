package dev.holdfast.observe;

import dev.holdfast.policy.CircuitBreaker.State;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Measures how long a breaker is in each state, and counts its transitions. Transitions are few: a lock does. */
final class BreakerTimes {
    private final Map<State, Long> nanos = new EnumMap<>(State.class);
    private final Map<State, Long> transitions = new EnumMap<>(State.class);
    private State state = State.CLOSED;
    private long since;
    private long sinceEpochMillis;

    BreakerTimes(long now, long epochMillis) {
        since = now;
        sinceEpochMillis = epochMillis;
    }

    synchronized void transition(State to, long now, long epochMillis) {
        nanos.merge(state, Math.max(0, now - since), Long::sum);
        transitions.merge(to, 1L, Long::sum);
        state = to;
        since = now;
        sinceEpochMillis = epochMillis;
    }

    synchronized long sinceEpochMillis() {
        return sinceEpochMillis;
    }

    synchronized Map<String, Long> transitions() {
        Map<String, Long> all = new TreeMap<>();
        for (State to : State.values()) {
            all.put(Labels.of(to), transitions.getOrDefault(to, 0L));
        }
        return all;
    }

    synchronized Map<String, Double> secondsIn(long now) {
        Map<String, Double> all = new TreeMap<>();
        for (State each : State.values()) {
            long time = nanos.getOrDefault(each, 0L) + (each == state ? Math.max(0, now - since) : 0);
            all.put(Labels.of(each), time / 1e9);
        }
        return all;
    }
}
