package dev.holdfast.observe;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines that say when injected faults begin and end: nobody who reads a log in an outage may take a game day for
 * one. Made only where there are faults. Thread-safe.
 */
public final class FaultLog {
    private static final int LISTED = 10;

    private final Log log;
    private final Supplier<@Nullable InjectedFaults> faults;
    private @Nullable InjectedFaults said;

    /**
     * Nothing said yet.
     *
     * @param faults gives those of the configuration in force
     */
    public FaultLog(Log log, Supplier<@Nullable InjectedFaults> faults) {
        this.log = log;
        this.faults = faults;
    }

    /** Says what is injected under a configuration that has just come into force, once more if it was before. */
    public synchronized void configured() {
        InjectedFaults now = faults.get();
        if (now != null && now.injecting()) {
            said = null;
        } else if (now != null && said == null) {
            log.say(LogEntry.of(
                            Log.Level.WARN,
                            "faults_over",
                            "game day: [faults] is armed, and no faults are injected, since until is " + now.until())
                    .with("until", now.until()));
        }
        tick();
    }

    /** Says what has begun or ended. Called about once a second. */
    public synchronized void tick() {
        InjectedFaults now = faults.get();
        InjectedFaults running = now != null && now.injecting() ? now : null;
        InjectedFaults before = said;
        if (Objects.equals(before, running)) {
            return;
        }
        said = running;
        if (running != null) {
            log.say(LogEntry.of(Log.Level.WARN, "faults_began", began(running)).with("until", running.until()));
        } else if (before != null) {
            boolean inTime = now != null;
            log.say(LogEntry.of(
                            Log.Level.WARN,
                            "faults_ended",
                            "game day: no faults are injected any more, "
                                    + (inTime ? "since " + before.until() : "as [faults] is not armed any more"))
                    .with("until", before.until()));
        }
    }

    private static String began(InjectedFaults running) {
        StringBuilder text = new StringBuilder("game day: faults are injected into calls until ")
                .append(running.until())
                .append(", since faults.armed is true:");
        int listed = Math.min(LISTED, running.policies().size());
        for (InjectedFaults.OfPolicy fault : running.policies().subList(0, listed)) {
            text.append("\n  ").append(fault);
        }
        int more = running.policies().size() - listed;
        return more == 0
                ? text.toString()
                : text.append("\n  and ").append(more).append(" more").toString();
    }
}
