package dev.holdfast.exchange;

import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.SessionTest;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FinalResultTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long[] now = {0};
    private final FailOpenSession session = session();
    private final Attempt answered = new Attempt(null, true, false);

    @Test
    void isTheLastAttempts() {
        Attempt last = new Attempt(null, true, false);
        retried();

        assertThat(FinalResult.of(session, last, answered)).isSameAs(last);
        assertThat(FinalResult.of(session, last, null)).isSameAs(last);
    }

    @Test
    void isThatBeforeAnAttemptWhichTheDeadlineCutShort() {
        SocketTimeoutException timeout = new SocketTimeoutException();
        Attempt last = new Attempt(timeout, true, false);
        cutShort(timeout);

        assertThat(FinalResult.of(session, last, answered)).isSameAs(answered);
        assertThat(FinalResult.of(session, last, null)).isSameAs(last);
    }

    @Test
    void isThatBeforeAnAttemptWhichTheClientRefused() {
        Attempt last = new Attempt(new IOException("closed"), true, true);
        retried();

        assertThat(FinalResult.of(session, last, answered)).isSameAs(answered);
    }

    @Test
    void isTheLastAttemptsWhereTheOneBeforeIsGone() {
        SocketTimeoutException timeout = new SocketTimeoutException();
        Attempt last = new Attempt(timeout, true, false);
        cutShort(timeout);

        assertThat(FinalResult.of(session, last, new Attempt(null, false, false)))
                .isSameAs(last);
    }

    @Test
    void tellsTheFailuresBeforeIt() {
        IOException first = new IOException("first");
        IOException second = new IOException("second");
        session.begin();
        session.after(1, failure(first));
        session.resume();
        session.after(2, failure(second));

        FinalResult.of(session, new Attempt(new CompletionException(second), true, false), null);

        assertThat(second).hasSuppressedException(first);
        assertThat(first).hasNoSuppressedExceptions();
    }

    @Test
    void isAnExceptionWhereAResponseCannotBeGivenAnyMore() {
        IllegalStateException defect = new IllegalStateException("a defect");
        session.begin();
        session.after(1, status(503));

        assertThat(FinalResult.missing(session, defect)).hasCause(defect);
        now[0] = 11 * SECOND;
        session.resume();
        assertThat(FinalResult.missing(session, defect))
                .isInstanceOf(SocketTimeoutException.class)
                .hasNoCause();
    }

    private void retried() {
        session.begin();
        session.after(1, status(503));
        session.resume();
        session.after(2, status(200));
    }

    private void cutShort(IOException timeout) {
        session.begin();
        session.after(1, status(503));
        now[0] = SECOND;
        session.resume();
        now[0] = 10 * SECOND;
        session.after(2, new Outcome.Failure(timeout, ErrorKind.READ_TIMEOUT, false));
    }

    private static Outcome.Failure failure(IOException error) {
        return new Outcome.Failure(error, ErrorKind.CONNECTION_RESET, false);
    }

    private FailOpenSession session() {
        Engine engine = new Engine(
                new PolicyTable<>(Map.of(
                        HostPattern.parse("*"),
                        Policies.retry().deadline(Duration.ofSeconds(10)).policy())),
                new PolicyTargets(Observer.NONE),
                new Timer(),
                () -> now[0],
                () -> 0,
                new Random(1));
        return new FailOpenSession(
                engine, engine.target("http", "localhost", 80), new SessionTest.Call("GET"), (consequence, defect) -> {
                    throw new AssertionError(consequence, defect);
                });
    }

    private record Attempt(@Nullable Throwable error, boolean canStand, boolean isRefused)
            implements FinalResult.Candidate {}
}
