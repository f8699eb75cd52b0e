package dev.holdfast.observe.rehearsal;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Target;
import dev.holdfast.call.Targets;
import dev.holdfast.call.Timer;
import dev.holdfast.observe.rehearsal.Script.Act;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where calls are played: a world of its own, in which time passes when an attempt or a wait takes it. The driver's
 * part is played here, as {@code BlockingDriver} and {@code AsyncDriver} do it.
 */
final class Stage {
    private final Narrator narrator;
    private final Engine engine;
    private final Script script;
    private final long epochMillis;
    private final @Nullable String proxy;
    private int next;
    private int broken;
    private long now;

    /**
     * A world before its first call.
     *
     * @param policies of a configuration
     * @param script what the origin does
     * @param jitter from 0 to less than 1: what every random number is
     * @param epochMillis the wall clock's time
     * @param proxy that calls go through, as {@code host:port}; null: not known
     */
    Stage(Map<HostPattern, Policy> policies, Script script, double jitter, long epochMillis, @Nullable String proxy) {
        this.proxy = proxy;
        this.script = script;
        this.epochMillis = epochMillis;
        narrator = new Narrator(() -> now);
        engine = new Engine(
                new PolicyTable<>(policies),
                new Targets(narrator),
                new Timer(),
                () -> now,
                () -> this.epochMillis + now / 1_000_000,
                new Loaded(jitter));
    }

    /** Whom a call is for; null: Holdfast has nothing to do with it. */
    @Nullable
    Target target(Origin origin, String method, String path) {
        Target host = engine.target(origin.scheme(), origin.host(), origin.port());
        return host == null ? null : engine.route(host, method, path);
    }

    /** Plays a call to its end. */
    Played play(Target target, CallInfo call, String path) {
        long began = now;
        narrator.begin(began);
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
                // Nobody else calls: what waits in a queue waits in vain.
                now += wait.nanos();
                step = session.resume(now);
            } else {
                narrator.end(session, target, step, session.deliversPrevious() ? before : last, call, path);
                step = null;
            }
        }
        return new Played(narrator.notes(), session.attempts(), broken, now - began);
    }

    /** What an attempt, or the one beside it, led to; no step: to nothing, ever. */
    private record Ended(@Nullable Step step, @Nullable Outcome outcome) {}

    private static final class UnderWay {
        private final int number;
        private final Act act;
        private final long since;
        private final long until;
        private final boolean cut;

        UnderWay(Step.Send send, Act act, long now) {
            this.number = send.attempt();
            this.act = act;
            this.since = now;
            this.cut = act.nanos() > send.timeoutNanos();
            long takes = Math.min(act.nanos(), send.timeoutNanos());
            this.until = takes == Long.MAX_VALUE ? Long.MAX_VALUE : now + takes;
        }
    }

    private UnderWay begin(Step.Send send, Target target, boolean beside) {
        UnderWay attempt = new UnderWay(send, script.act(next++), now);
        if (attempt.until > now || beside) {
            narrator.sent(target, send, beside);
        }
        return attempt;
    }

    /**
     * A response whose body ends too early: known behind its head, so that nothing can be done about it but where the
     * body is held back.
     */
    private Ended broken(Session session, Target target, UnderWay attempt, Outcome.Failure failure) {
        Outcome.Response head = Script.headOfBrokenBody();
        Step delivered = session.after(attempt.number, head, now);
        boolean heldBack = target.policy().retry().bufferResponseBytes() > 0;
        narrator.brokenBody(target, attempt.number, failure, now - attempt.since, heldBack);
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

    private Ended send(Session session, Target target, Step.Send send) {
        List<UnderWay> attempts = new ArrayList<>();
        attempts.add(begin(send, target, false));
        long hedgeAt = send.hedgeNanos() < 0 ? Long.MAX_VALUE : now + send.hedgeNanos();
        while (true) {
            UnderWay first = attempts.get(0);
            for (UnderWay attempt : attempts) {
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
                narrator.hangs();
                return new Ended(null, null);
            }
            now = first.until;
            attempts.remove(first);
            Outcome outcome = first.cut ? Script.silence() : named(Script.outcome(first.act));
            if (outcome instanceof Outcome.Failure failure && failure.kind() == ErrorKind.PREMATURE_EOF) {
                for (UnderWay other : attempts) {
                    narrator.cancelled(other.number);
                    session.after(other.number, Outcome.Cancelled.INSTANCE, now);
                }
                return broken(session, target, first, failure);
            }
            broken += outcome instanceof Outcome.Failure f && f.kind() == ErrorKind.CONNECTION_RESET ? 1 : 0;
            narrator.outcome(target, first.number, outcome, now - first.since, first.cut);
            Step step = session.after(first.number, outcome, now);
            if (!(step instanceof Step.Drop)) {
                for (UnderWay other : attempts) {
                    narrator.cancelled(other.number);
                    session.after(other.number, Outcome.Cancelled.INSTANCE, now);
                }
                return new Ended(step, outcome);
            }
        }
    }
}
