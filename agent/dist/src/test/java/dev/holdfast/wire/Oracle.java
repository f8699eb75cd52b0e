package dev.holdfast.wire;

import dev.holdfast.wire.Run.Arrived;
import dev.holdfast.wire.Runner.Attempt;
import dev.holdfast.wire.Runner.Made;
import dev.holdfast.wire.WireCase.Call;
import dev.holdfast.wire.WireClient.LettingGo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges one case. What the program saw of a call with a policy has to be what it sees without one, or what a program
 * without one sees that makes the call again after a failure, where a retry is permitted. Requests that may not be
 * repeated arrive no more often than without a policy, and no request body is other than the program's.
 *
 * <p>The JDK's clients themselves do not always do the same: a reset overtakes data, a pooled connection ends in time
 * or not. Hence a difference is held against many runs without the policy, that is against the set of what may happen;
 * only what is not in that set is reported.
 */
final class Oracle {
    private static final int ROUNDS = 40;
    private static final int REPEATS = 20;
    private static final int RARE = 3;

    /** The statuses that the policies retry. */
    static final Set<Integer> RETRIED = Set.of(429, 500, 502, 503, 504);

    private final Runner runner;
    private final WireCase wireCase;

    /** The number of runs until a call ends as it was seen to end, for each call that was judged. */
    private final int[] attempts;

    private final List<Made> samples = new ArrayList<>();
    private List<Made> seen = List.of();
    private int judged;

    Oracle(Runner runner, WireCase wireCase) {
        this.runner = runner;
        this.wireCase = wireCase;
        this.attempts = new int[wireCase.calls().size()];
    }

    /** Returns the report of what was seen, and may not be seen without a policy. Null if all was as it has to be. */
    @Nullable
    String judge() throws IOException {
        int last = wireCase.calls().size() - 1;
        seen = runner.run(wireCase, wireCase.policy(), last, (call, made) -> false, 0, LettingGo.READ);
        List<Made> bare = runner.run(wireCase, WirePolicy.NONE, last, (call, made) -> false, 0, LettingGo.READ);
        boolean diverged = false;
        for (Call call : wireCase.calls()) {
            samples.clear();
            judged = call.index();
            attempts[call.index()] = 1;
            Made made = seen.get(call.index());
            if (!diverged && same(made, bare.get(call.index()))) {
                continue;
            }
            if (!diverged
                    && !mayRetry(call, List.of(bare.get(call.index()).attempts().get(0)))) {
                samples.add(bare.get(call.index()));
            }
            Judgement judgement = judge(call, made, ROUNDS);
            if (judgement.problem != null) {
                return report(call, made, judgement.problem);
            }
            if (judgement.attempt == 0) {
                return null; // what comes after it cannot be compared
            }
            attempts[call.index()] = judgement.attempt;
            diverged = true;
        }
        return null;
    }

    /**
     * A judgement.
     *
     * @param attempt at which attempt a program without a policy sees the same; 0 if it is not known
     */
    private record Judgement(int attempt, @Nullable String problem) {}

    private static boolean same(Made a, Made b) {
        return a.outcome().equals(b.outcome())
                && a.taken() == b.taken()
                && heads(a).equals(heads(b))
                && a.requests().size() == b.requests().size();
    }

    private static List<String> heads(Made made) {
        return made.requests().stream().map(request -> request.head).toList();
    }

    private Judgement judge(Call call, Made made, int rounds) throws IOException {
        int incomparable = 0;
        int tries = 0;
        for (int round = 0; ; ) {
            if (!samples.isEmpty()) {
                String problem = requestProblem(call, made);
                int attempt = attempt(call, made);
                if (problem == null && attempt >= 0) {
                    return new Judgement(attempt, null);
                }
                if (round >= rounds) {
                    return new Judgement(0, problem == null ? "an outcome that no permitted retry explains" : problem);
                }
            }
            // Attempts side by side share the replies in any way, and one that was abandoned leaves some to the next.
            int skipped = wireCase.policy().abandonsAttempts() && call.repeatable() && tries % 2 == 1
                    ? tries / 2 % (1 << Math.min(5, made.taken()))
                    : 0;
            List<Made> run = runner.run(
                    wireCase, WirePolicy.NONE, call.index(), new Retrying(), skipped, LettingGo.values()[tries++ % 3]);
            if (sameBefore(call, run)) {
                samples.add(run.get(call.index()));
                // A call that hangs costs a lot of time.
                round += run.get(call.index()).outcome().hung() ? 8 : 1;
            } else if (++incomparable > 10 && incomparable > 4 * round) {
                return new Judgement(0, null); // the calls before it hardly ever end as they did
            }
        }
    }

    /** A program that does what the policy may do. */
    private final class Retrying implements Runner.Again {
        @Override
        public boolean after(Call call, List<Attempt> made) {
            return call.index() < judged
                    ? made.size() < attempts[call.index()]
                    : made.size() <= wireCase.policy().maxRetries() && mayRetry(call, made);
        }

        @Override
        public boolean mayFollow(Call call, int attempt) {
            return call.index() < judged
                    ? attempt < attempts[call.index()]
                    : attempt <= wireCase.policy().maxRetries() && call.repeatable();
        }
    }

    /** Returns whether the calls before it ended as they were seen to end with the policy. */
    private boolean sameBefore(Call call, List<Made> other) {
        for (int i = 0; i < call.index(); i++) {
            if (!seen.get(i).outcome().equals(other.get(i).outcome())) {
                return false;
            }
        }
        return true;
    }

    private boolean mayRetry(Call call, List<Attempt> made) {
        WirePolicy policy = wireCase.policy();
        if (!policy.retries()) {
            return false;
        }
        if (made.get(made.size() - 1).outcome().hung()) {
            return false;
        }
        if (policy.abandonsAttempts() && call.repeatable()) {
            return true; // the next one may be under way before this one failed
        }
        if (policy == WirePolicy.BUFFER && wireCase.http2() && call.repeatable()) {
            return true; // the end of the connection may overtake the body, or not
        }
        Attempt last = made.get(made.size() - 1);
        boolean failed = last.outcome().status() < 0
                || RETRIED.contains(last.outcome().status())
                || (policy == WirePolicy.BUFFER
                        && (!last.outcome().failure().isEmpty()
                                || last.outcome().isCutShort()));
        return failed && (call.repeatable() || last.taken() == 0 || nothingWasDone(call, made) > 0);
    }

    /** Returns the number of an attempt's replies that may say that nothing was done. */
    private long nothingWasDone(Call call, List<Attempt> made) {
        int to = made.stream().mapToInt(Attempt::taken).sum();
        return nothingWasDone(call, to - made.get(made.size() - 1).taken(), to);
    }

    private long nothingWasDone(Call call, int from, int to) {
        long count = 0;
        for (int i = from; i < to && wireCase.http2(); i++) {
            count += wireCase.reply(call.index(), i).mayDenyProcessing() ? 1 : 0;
        }
        return count;
    }

    /** The attempt that explains an outcome; 0 if something else does; -1 if nothing does. */
    private int attempt(Call call, Made made) {
        for (Made sample : samples) {
            for (int i = 0; i < sample.attempts().size(); i++) {
                if (isSame(sample.attempts().get(i).outcome(), made.outcome())) {
                    return wireCase.policy().abandonsAttempts() ? 0 : i + 1;
                }
            }
        }
        if (wireCase.policy().timed() && made.outcome().timedOut()) {
            return 0;
        }
        boolean explained =
                isCached(call, made) || isRefusal(call, made) || isWhole(call, made) || isOvertaken(call, made);
        return explained ? 0 : -1;
    }

    /** Returns whether a program takes one for the other. */
    private boolean isSame(Outcome without, Outcome with) {
        if (without.equals(with)) {
            return true;
        }
        WirePolicy policy = wireCase.policy();
        boolean readsBody = policy == WirePolicy.BUFFER || policy == WirePolicy.CACHE;
        if (readsBody && without.failsInBody() && with.status() < 0) {
            // What is recorded goes through a subscriber that is not the JDK's, whose failure may overtake the head.
            return true;
        }
        if (!wireCase.style().urlConnection() && with.breaksAfterPartOf(without)) {
            return true; // how much of it a stream gives before it learns of the failure is a matter of time
        }
        // Which frame, or the end of the connection, is the client's reason depends on its threads; which of two
        // attempts is the last, on their time.
        return (wireCase.http2() || policy.abandonsAttempts())
                && without.status() < 0
                && with.status() < 0
                && !with.hung();
    }

    /**
     * Over HTTP/2 a response may overtake the damage that is behind it, or not. A whole response of the server's to
     * this very call is never the worse one.
     */
    private boolean isWhole(Call call, Made made) {
        if (!wireCase.http2()
                || made.outcome().status() < 0
                || !made.outcome().failure().isEmpty()) {
            return false;
        }
        String id = wireCase.id(call.index());
        for (int i = 0; i < made.taken(); i++) {
            Reply reply = wireCase.reply(call.index(), i);
            if (reply.status() == made.outcome().status()
                    && made.outcome().headers().contains("x-echo=[" + id + "], x-reply=[" + i + "]")
                    && made.outcome().isBody(reply, id, i, call.method())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether damage that came behind a response may have overtaken it on its way through a subscriber of
     * Holdfast's.
     */
    private boolean isOvertaken(Call call, Made made) {
        WirePolicy policy = wireCase.policy();
        boolean reads = policy == WirePolicy.BUFFER || policy == WirePolicy.CACHE || policy.timed();
        if (!wireCase.http2()
                || !reads
                || made.outcome().status() >= 0
                || made.outcome().hung()) {
            return false;
        }
        for (int i = 0; i < made.taken(); i++) {
            if (wireCase.reply(call.index(), i).damages(true)) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@code getOutputStream} of a connection throws where the server refuses the body. A program that has written its
     * body when that happens to a later attempt gets the refusal itself.
     */
    private boolean isRefusal(Call call, Made made) {
        int last = made.taken() - 1;
        return wireCase.style().urlConnection()
                && call.expect()
                && last > 0
                && made.outcome().status() >= 400
                && made.outcome().status() == wireCase.reply(call.index(), last).status();
    }

    private boolean isCached(Call call, Made made) {
        if (wireCase.policy() != WirePolicy.CACHE || call.hasBody()) {
            return false;
        }
        for (int i = 0; i < call.index(); i++) {
            Outcome before = seen.get(i).outcome();
            if (before.status() == made.outcome().status()
                    && before.failure().isEmpty()
                    && before.body() != null
                    && before.body().equals(made.outcome().body())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the problem with what the server received, compared with what is known so far. */
    private @Nullable String requestProblem(Call call, Made made) {
        if (wrong(call, made)
                > samples.stream()
                        .mapToLong(sample -> wrong(call, sample))
                        .max()
                        .orElse(0)) {
            return "UNSAFE: a request body that is not the program's";
        }
        int most = samples.stream()
                .mapToInt(sample -> sample.requests().size())
                .max()
                .orElse(0);
        if (!call.repeatable()) {
            if (made.requests().size() > most + nothingWasDone(call, 0, made.taken())) {
                return "UNSAFE: " + made.requests().size() + " requests that may not be repeated, at most " + most
                        + " without";
            }
        } else if (!wireCase.policy().retries() && made.requests().size() > most) {
            return made.requests().size() + " requests, at most " + most + " without";
        }
        if (wireCase.http2()) {
            return null; // the first request of a connection looks unlike the others
        }
        Set<String> known =
                samples.stream().flatMap(sample -> heads(sample).stream()).collect(Collectors.toSet());
        return heads(made).stream()
                .filter(head -> !known.contains(head))
                .findFirst()
                .map(head -> "a request head that does not occur without: " + head.replace("\r\n", " | "))
                .orElse(null);
    }

    private static long wrong(Call call, Made made) {
        return made.requests().stream()
                .filter(request -> request.head.startsWith(call.method() + " ") || request.head.equals("HTTP/2"))
                .filter(request -> request.wrong(call) && !mayFollowRedirect(request))
                .count();
    }

    /** Over HTTP/2 a method is not known, and that of a redirect may be another. */
    private static boolean mayFollowRedirect(Arrived request) {
        return request.head.equals("HTTP/2") && request.complete && request.length == 0;
    }

    /**
     * Looks closer at what was not explained, and reports it. What never comes again may be as rare without a policy:
     * it is looked for there longer. What comes in few of many runs is told apart: the JDK has races that it wins or
     * loses as rarely; but never a request too many.
     */
    private @Nullable String report(Call call, Made made, String problem) throws IOException {
        List<Made> first = seen;
        int again = 0;
        Set<String> others = new HashSet<>();
        for (int i = 0; i < (made.outcome().hung() ? 3 : REPEATS); i++) {
            seen = runner.run(wireCase, wireCase.policy(), call.index(), (c, attempt) -> false, 0, LettingGo.READ);
            if (sameBefore(call, first)) {
                Judgement judgement = judge(call, seen.get(call.index()), 3);
                if (judgement.problem != null) {
                    again++;
                    others.add(judgement.problem + " " + seen.get(call.index()).outcome());
                }
            }
        }
        seen = first;
        if (judge(call, made, again > 0 ? ROUNDS : 4 * ROUNDS).problem == null) {
            return null;
        }
        boolean rare = again <= RARE && !problem.startsWith("UNSAFE");
        StringBuilder text = new StringBuilder(rare ? "RARE: " : "DIFFERENCE: ").append(problem);
        text.append(made.outcome().namesOther(wireCase.id(call.index())) ? ", ANOTHER CALL'S BODY" : "")
                .append(", in call " + call.index() + ", again in " + again + " of " + REPEATS + " runs; " + wireCase);
        text.append("\n  seen: ").append(told(made));
        others.forEach(other -> text.append("\n  again: ").append(other));
        samples.stream()
                .collect(Collectors.groupingBy(Oracle::told, Collectors.counting()))
                .forEach((sample, count) -> text.append("\n  without, ")
                        .append(count)
                        .append(" times: ")
                        .append(sample));
        return text.toString();
    }

    private static String told(Made made) {
        return made.attempts().stream()
                        .map(attempt -> attempt.outcome() + ", after " + attempt.taken() + " replies")
                        .collect(Collectors.joining("\n    then "))
                + made.requests().stream().map(request -> "\n    " + request).collect(Collectors.joining());
    }
}
