package dev.holdfast.simulation;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.simulation.OutcomeScript.ScriptedOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls in simulated time, which passes when an attempt or a wait takes it. The driver's part is played here, as
 * {@code BlockingExchange} and {@code AsyncExchange} do it.
 */
final class SimulatedTime {
    private final TimelineRecorder timelineRecorder;
    private final Engine engine;
    private final OutcomeScript script;
    private final long epochMillis;
    private final @Nullable String proxy;
    private int next;
    private int broken;
    /** The method of the call that is played. */
    private String method = "";

    private long now;

    /**
     * A world before its first call.
     *
     * @param policies of a configuration
     * @param script what the origin does
     * @param jitter from 0 to less than 1: what every random number is
     * @param epochMillis the wall clock's time
     * @param proxy that calls go through, as {@code host:port}; null: not known
     * @param sources of the values that are told
     */
    SimulatedTime(
            Map<HostPattern, Policy> policies,
            OutcomeScript script,
            double jitter,
            long epochMillis,
            @Nullable String proxy,
            SettingSources sources) {
        this.proxy = proxy;
        this.script = script;
        this.epochMillis = epochMillis;
        timelineRecorder = new TimelineRecorder(() -> now, sources);
        engine = new Engine(
                new PolicyTable<>(policies),
                new PolicyTargets(timelineRecorder),
                new Timer(),
                () -> now,
                () -> this.epochMillis + now / 1_000_000,
                new FixedRandom(jitter));
    }

    /** Returns the target of a call; null: no policy applies. */
    @Nullable
    PolicyTarget target(Origin origin, String method, String path) {
        PolicyTarget host = engine.target(origin.scheme(), origin.host(), origin.port());
        return host == null ? null : engine.route(host, method, path);
    }

    /** Plays a call to its end. */
    SimulatedCall play(PolicyTarget target, CallInfo call, String path) {
        method = call.method();
        long began = now;
        timelineRecorder.begin(began);
        broken = 0;
        Session session = engine.session(target, call);
        Outcome last = null;
        Outcome before = null;
        Step step = session.begin(now);
        while (step != null) {
            if (step instanceof Step.Send send) {
                Ended ended = send(session, target, send);
                step = ended.step();
                before = last;
                last = ended.outcome();
            } else if (step instanceof Step.Wait wait) {
                // There is no other caller: a call that waits in a queue is never admitted.
                now += wait.nanos();
                step = session.resume(now);
            } else {
                timelineRecorder.end(session, target, step, session.deliversPrevious() ? before : last, call, path);
                step = null;
            }
        }
        return new SimulatedCall(timelineRecorder.notes(), session.attempts(), broken, now - began);
    }

    /** The step that an attempt, or the hedged one beside it, led to; null: it never ends. */
    private record Ended(@Nullable Step step, @Nullable Outcome outcome) {}

    private static final class InFlight {
        private final int number;
        private final ScriptedOutcome scriptedOutcome;
        private final long since;
        private final long until;
        private final boolean cut;

        InFlight(Step.Send send, ScriptedOutcome scriptedOutcome, long now) {
            this.number = send.attempt();
            this.scriptedOutcome = scriptedOutcome;
            this.since = now;
            this.cut = scriptedOutcome.nanos() > send.timeoutNanos();
            long takes = Math.min(scriptedOutcome.nanos(), send.timeoutNanos());
            this.until = takes == Long.MAX_VALUE ? Long.MAX_VALUE : now + takes;
        }
    }

    private InFlight begin(Step.Send send, PolicyTarget target, boolean beside) {
        InFlight attempt = new InFlight(send, script.act(next++), now);
        if (attempt.until > now || beside) {
            timelineRecorder.sent(target, send, beside);
        }
        return attempt;
    }

    /**
     * A response whose body ends too early: known behind its head, so that nothing can be done about it but where the
     * body is held back.
     */
    private Ended broken(Session session, PolicyTarget target, InFlight attempt, Outcome.Failure failure) {
        Outcome.Response head = OutcomeScript.headOfBrokenBody();
        Step delivered = session.after(attempt.number, head, now);
        boolean heldBack = target.policy().retry().bufferResponseBytes() > 0;
        timelineRecorder.brokenBody(target, attempt.number, failure, now - attempt.since, heldBack);
        if (heldBack) {
            return new Ended(session.bodyLost(failure, now), failure);
        }
        session.bodyFailed(failure, now);
        return new Ended(delivered, head);
    }

    /** An outcome with the name of the proxy in it, where that is known. */
    private Outcome named(Outcome outcome) {
        return proxy != null && outcome instanceof Outcome.Failure failure && failure.kind() == ErrorKind.PROXY
                ? Outcome.Failure.ofProxy(failure.error(), proxy)
                : outcome;
    }

    private Ended send(Session session, PolicyTarget target, Step.Send send) {
        List<InFlight> attempts = new ArrayList<>();
        attempts.add(begin(send, target, false));
        long hedgeAt = send.hedgeNanos() < 0 ? Long.MAX_VALUE : now + send.hedgeNanos();
        while (true) {
            InFlight first = attempts.get(0);
            for (InFlight attempt : attempts) {
                first = attempt.until < first.until ? attempt : first;
            }
            if (hedgeAt < first.until) {
                now = hedgeAt;
                hedgeAt = Long.MAX_VALUE;
                Step.Send second = session.hedge(now);
                if (second != null) {
                    attempts.add(begin(second, target, true));
                }
                continue;
            }
            if (first.until == Long.MAX_VALUE) {
                session.cancel(now);
                timelineRecorder.hangs();
                return new Ended(null, null);
            }
            now = first.until;
            attempts.remove(first);
            Outcome outcome = first.cut ? OutcomeScript.silence() : named(OutcomeScript.outcome(first.scriptedOutcome));
            if (outcome instanceof Outcome.Failure failure && failure.kind() == ErrorKind.PREMATURE_EOF) {
                for (InFlight other : attempts) {
                    timelineRecorder.cancelled(other.number);
                    session.after(other.number, Outcome.Cancelled.INSTANCE, now);
                }
                return broken(session, target, first, failure);
            }
            broken += outcome instanceof Outcome.Failure f && f.kind() == ErrorKind.CONNECTION_RESET ? 1 : 0;
            timelineRecorder.outcome(target, method, first.number, outcome, now - first.since, first.cut);
            Step step = session.after(first.number, outcome, now);
            if (!(step instanceof Step.Drop)) {
                for (InFlight other : attempts) {
                    timelineRecorder.cancelled(other.number);
                    session.after(other.number, Outcome.Cancelled.INSTANCE, now);
                }
                return new Ended(step, outcome);
            }
        }
    }
}
