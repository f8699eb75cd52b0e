package dev.holdfast.control;

import static dev.holdfast.control.ControlRun.Fault.BUSY;
import static dev.holdfast.control.ControlRun.Fault.CUT;
import static dev.holdfast.control.ControlRun.Fault.NONE;
import static dev.holdfast.control.ControlRun.Fault.SLOW;
import static dev.holdfast.control.ControlRun.Fault.SLOWLY_BUSY;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** The calls that the program makes, and what its server does with them: the same without Holdfast and with it. */
final class FaultScript {
    /** The policies, one for each host. */
    static final String CONFIG = """
            [admin]
            listen = "127.0.0.1:0"
            [log]
            summary = true

            [retry]
            max_retries = 2
            initial_delay = "1ms"
            [retry.budget]
            min_per_second = 1000.0

            [hosts."rate.example".limits]
            max_rate = "5/1h"
            max_wait = "0s"
            [hosts."concurrency.example".limits]
            max_concurrent = 2
            max_wait = "0s"
            [hosts."queue.example".limits]
            max_concurrent = 2
            max_wait = "1h"
            [hosts."limited-retry.example".limits]
            max_rate = "4/1h"
            max_wait = "0s"

            [hosts."breaker.example".retry]
            max_retries = 0
            [hosts."breaker.example".retry.circuit_breaker]
            enabled = true
            failure_threshold = 3
            timeout = "1h"

            [hosts."budget.example".retry.budget]
            ratio = 0.0
            min_per_second = 0.0

            [hosts."hedge.example".retry]
            max_retries = 1
            [hosts."hedge.example".retry.hedge]
            delay = "1s"

            [hosts."timeout.example".retry]
            max_retries = 1
            attempt_timeout = "2s"
            [hosts."timeout.example".retry.policy]
            retryable_errors = ["read_timeout", "connection_timeout"]
            [hosts."deadline.example".retry]
            max_retries = 0
            deadline = "1s"

            [hosts."fallback.example".retry]
            max_retries = 1
            [hosts."fallback.example".retry.circuit_breaker]
            enabled = true
            failure_threshold = 4
            timeout = "1h"
            [hosts."fallback.example".retry.fallback]
            strategy = "default_value"
            [hosts."fallback.example".retry.fallback.default_value]
            body = "none today"
            [hosts."sorry.example".retry.fallback]
            strategy = "default_value"
            [hosts."sorry.example".retry.fallback.default_value]
            status = 503

            [hosts."degraded.example".retry]
            max_retries = 0
            [hosts."degraded.example".retry.fallback]
            strategy = "degraded"
            [hosts."degraded.example".retry.fallback.degraded]
            url = "http://other.example:PORT"
            timeout = "1m"
            forward_headers = ["X-Call"]

            [hosts."observed.example"]
            mode = "observe"
            [hosts."observed.example".limits]
            max_rate = "1/1h"
            max_wait = "0s"

            [hosts."other.example"]
            mode = "off"
            """;

    /** All hosts that have a policy. */
    static final List<String> HOSTS = List.of(
            "rate.example",
            "concurrency.example",
            "queue.example",
            "limited-retry.example",
            "breaker.example",
            "budget.example",
            "hedge.example",
            "timeout.example",
            "deadline.example",
            "fallback.example",
            "sorry.example",
            "degraded.example",
            "observed.example",
            "plain.example",
            "cancel.example",
            "broken.example");

    private FaultScript() {}

    static void play(ControlRun run) throws IOException, InterruptedException {
        plain(run);
        limits(run);
        breaker(run);
        hedging(run);
        timeouts(run);
        fallbacks(run);
        cancelled(run);
        observed(run);
    }

    private static void plain(ControlRun run) {
        run.call("plain.example", NONE);
        run.call("plain.example", BUSY, NONE);
        run.call("plain.example", BUSY, BUSY, NONE);
        run.call("plain.example", BUSY);
        run.call("budget.example", BUSY, NONE);
        run.call("broken.example", CUT);
    }

    private static void limits(ControlRun run) {
        for (int i = 0; i < 16; i++) {
            run.call("rate.example", NONE);
        }
        atATime(run, "concurrency.example");
        atATime(run, "queue.example");
        // The fourth attempt is the retry of the second call, and what remains is rejected.
        run.call("limited-retry.example", NONE);
        run.call("limited-retry.example", BUSY, NONE);
        run.call("limited-retry.example", BUSY, NONE);
        run.call("limited-retry.example", NONE);
    }

    private static void atATime(ControlRun run, String host) {
        List<Integer> calls =
                Stream.generate(() -> run.begin(host, SLOW)).limit(6).toList();
        boolean limited = run.withHoldfast;
        boolean queued = host.startsWith("queue");
        run.until(() ->
                calls.stream().filter(id -> run.calls().get(id).arrived() > 0).count() == (limited ? 2 : 6));
        run.until(() -> run.ended(calls) == (limited && !queued ? 4 : 0));
        calls.forEach(run::releaseUntilEnd);
    }

    private static void breaker(ControlRun run) {
        for (int i = 0; i < 3; i++) {
            run.call("breaker.example", BUSY);
        }
        for (int i = 0; i < 7; i++) {
            run.call("breaker.example", NONE);
        }
    }

    private static void hedging(ControlRun run) {
        String host = "hedge.example";
        int overtaken = run.begin(host, SLOW, NONE);
        run.endBeforeTheFirstAnswer(overtaken);
        run.release();

        int first = run.begin(host, SLOW, SLOWLY_BUSY);
        run.arrived(first, 2);
        // Whichever answer comes first, that of the first attempt is the good one.
        run.releaseUntilEnd(first);

        int failing = run.begin(host, SLOWLY_BUSY);
        run.arrived(failing, 2);
        run.releaseUntilEnd(failing);
    }

    private static void timeouts(ControlRun run) {
        int again = run.begin("timeout.example", SLOW, NONE);
        int never = run.begin("timeout.example", SLOW);
        int deadline = run.begin("deadline.example", SLOW);
        run.endBeforeTheFirstAnswer(again);
        run.endBeforeTheFirstAnswer(never);
        run.endBeforeTheFirstAnswer(deadline);
        run.release();
        run.call("timeout.example", BUSY, NONE);
    }

    private static void fallbacks(ControlRun run) throws IOException, InterruptedException {
        run.call("fallback.example", NONE);
        run.call("fallback.example", BUSY, NONE);
        run.call("fallback.example", BUSY);
        run.call("fallback.example", BUSY);
        run.call("fallback.example", NONE); // the breaker is open
        run.call("sorry.example", BUSY);
        run.call("degraded.example", NONE);
        run.call("degraded.example", BUSY, NONE); // the second request is the other origin's
        run.call("degraded.example", BUSY, BUSY);
        int slow = run.begin("degraded.example", BUSY, SLOW);
        run.arrived(slow, 2);
        run.noFigureIsAheadOf("degraded.example");
        run.releaseUntilEnd(slow);
    }

    private static void cancelled(ControlRun run) {
        run.cancel(run.begin("cancel.example", SLOW));
        run.call("cancel.example", NONE);
        int fallingBack = run.begin("degraded.example", BUSY, SLOW);
        run.arrived(fallingBack, 2);
        run.cancel(fallingBack);
        run.release();
    }

    private static void observed(ControlRun run) {
        run.call("observed.example", NONE);
        run.call("observed.example", BUSY, NONE);
        run.call("observed.example", NONE);
    }
}
