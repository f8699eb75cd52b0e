package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.BlockingExchange;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.HedgedAttempt;
import dev.holdfast.exchange.ResponseStreams;
import dev.holdfast.instrumentation.AdapterContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call, each on a connection of its own: sends them, tells the session what they gave, and goes on as
 * it says.
 */
abstract class CallAttempts extends CallEnd implements BlockingExchange.Pauses {
    /** A call that has not begun, with a connection that has not talked. */
    CallAttempts(
            Engine engine,
            PolicyTarget target,
            HttpURLConnection first,
            RequestRecorder requestRecorder,
            AdapterContext context) {
        super(engine, target, first, requestRecorder, context);
    }

    /**
     * Returns the attempt to send.
     *
     * @param mayWrite whether a body may still be written
     * @return null: nothing any more, a fallback has settled the call
     */
    Step.@Nullable Send begun(boolean mayWrite) throws IOException {
        Step.Send current = sending;
        if (current == null) {
            HttpURLConnection first = attempt.connection();
            requestRecorder.begin(first, mayWrite);
            target = engine.routeOrUntouched(host, requestRecorder.method(), requestRecorder.path());
            caller = (int) Thread.currentThread().getId();
            FailOpenSession begun = new FailOpenSession(engine, target, this, context.errorReporter());
            fallback = target.mayFallBack()
                    ? new CallFallback(begun, this, requestRecorder, context.fallbackStrategies(), first)
                    : null;
            session = begun;
            current = granted(begun.begin());
            sending = current;
            if (current != null) {
                requestRecorder.timeouts().shorten(first, current);
            }
        }
        return current;
    }

    void syncMethod() throws IOException {
        try {
            requestRecorder.syncMethod(attempt.connection());
        } catch (ProtocolException e) {
            end(e);
        }
    }

    /** Sends the current attempt, with another one beside it if it takes long and may have one. */
    Step sent(Step.Send send) throws IOException {
        if (send.hedgeNanos() < 0) {
            return sent(send, null);
        }
        Attempt first = attempt;
        HedgeTransport transport = new HedgeTransport(failOpen(), requestRecorder, first.connection());
        HedgedAttempt<Attempt> hedged = new HedgedAttempt<>(failOpen(), transport, first);
        hedged.arm(send.hedgeNanos());
        try {
            Step step = sent(send, transport);
            hedged.ended(first, step);
            return step instanceof Step.Drop ? decided(send, hedged.result().get()) : step;
        } catch (InterruptedException e) {
            hedged.abandon();
            Thread.currentThread().interrupt();
            end(interrupted("interrupted while waiting for an answer"));
            return Step.Drop.INSTANCE;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        } catch (RuntimeException | Error e) {
            hedged.abandon();
            throw e;
        }
    }

    Step sent(Step.Send send, @Nullable HedgeTransport hedge) {
        Attempt current = attempt;
        try (Watchdog watchdog = Watchdog.start(engine, current.connection(), send)) {
            current.send(requestRecorder, watchdog);
            if (hedge != null && hedge.isFirstLost()) {
                return after(send.attempt(), Outcome.Cancelled.INSTANCE);
            }
            ConnectionHead head = current.head();
            if (head != null && failOpen().needsBody(head)) {
                Step judged = judged(send, current, head, watchdog);
                if (judged != null) {
                    return judged;
                }
            }
            Step step = onOutcome(send);
            return current.head() != null && step instanceof Step.Deliver ? heldBack(watchdog) : step;
        }
    }

    /** Goes on with the attempt that decided while the first one was dropped. */
    Step decided(Step.Send send, HedgedAttempt.Result<Attempt> result) {
        if (result.attempt() != attempt) {
            attempt.discard();
            attempt = result.attempt();
        }
        try (Watchdog watchdog = Watchdog.start(engine, attempt.connection(), send)) {
            return result.step() instanceof Step.Deliver ? heldBack(watchdog) : result.step();
        }
    }

    /** The step of a response that is judged by its body, too; null: that cannot be held back. */
    private @Nullable Step judged(Step.Send send, Attempt current, ConnectionHead head, Watchdog watchdog) {
        long limit = target.policy().retry().bufferResponseBytes();
        ResponseStreams.Held held =
                current.holdBack(requestRecorder, limit, watchdog, failOpen().bodyCut());
        if (held == null) {
            return null;
        }
        if (disconnectSignal.abandoned()) {
            return after(send.attempt(), Outcome.Cancelled.INSTANCE);
        }
        Step step = failOpen().after(send.attempt(), () -> held.seenWith(head, limit));
        return step instanceof Step.Deliver ? delivered(held) : step;
    }

    /** Tells the session what the attempt gave. */
    Step onOutcome(Step.Send send) {
        boolean abandoned = attempt.head() == null
                && (disconnectSignal.abandoned() || VirtualThreads.interruptedSocket(attempt.error()));
        return after(send.attempt(), abandoned ? Outcome.Cancelled.INSTANCE : attempt.outcome(requestRecorder));
    }

    Step heldBack(Watchdog watchdog) {
        ConnectionHead head = attempt.head();
        InputStream held = attempt.ownBody();
        if (held != null && head != null) { // of a second attempt that was judged by its body
            attempt.readAs(recorded(head, held));
            return Step.Deliver.INSTANCE;
        }
        long limit = target.policy().retry().bufferResponseBytes();
        ResponseStreams.Held read = limit == 0
                ? null
                : attempt.holdBack(requestRecorder, limit, watchdog, failOpen().bodyCut());
        return read == null ? Step.Deliver.INSTANCE : delivered(read);
    }

    private Step delivered(ResponseStreams.Held held) {
        IOException broken = held.failure();
        if (broken == null) {
            ConnectionHead head = attempt.head();
            if (head != null && attempt.error() == null) {
                attempt.readAs(recorded(head, held.stream()));
            }
            return Step.Deliver.INSTANCE;
        }
        return failOpen().bodyLost(() -> FailureClassifier.responseBody(broken));
    }

    /** Does what the session says. False: the call is settled. */
    boolean again(Step step) throws IOException {
        if (step instanceof Step.Wait wait) {
            // Interrupted before the wait, the application would get nothing of what there is.
            HttpURLConnection next =
                    Thread.currentThread().isInterrupted() ? null : requestRecorder.open(attempt.connection());
            if (next == null) {
                failOpen().cancel();
            } else {
                closePrevious();
                Step.Send granted = awaited(wait);
                if (granted == null) {
                    return false;
                }
                if (target.policy().retry().deadlineNanos() > 0) {
                    attempt.keep(requestRecorder.method());
                    previous = attempt;
                } else {
                    attempt.discard();
                }
                attempt = onlyOpening ? Attempt.opening(next, requestRecorder) : Attempt.again(next, requestRecorder);
                sending = granted;
                requestRecorder.number(next, target.policy().retry(), granted.attempt());
                requestRecorder.timeouts().shorten(next, granted);
                return true;
            }
        }
        if (step instanceof Step.FallBack fallBack && rescued(fallBack)) {
            return false;
        }
        if (step.withoutFallback() instanceof Step.Reject reject) { // the fault that was injected before this attempt
            attempt.discard();
            throw ended(reject.error());
        }
        deliver();
        return false;
    }

    /** {@link #granted} after an attempt, whose response is there until the wait has ended. */
    Step.@Nullable Send awaited(Step.Wait wait) throws IOException {
        boolean ended = true;
        try {
            Step.Send granted = granted(wait);
            ended = false;
            return granted;
        } finally {
            if (ended) {
                attempt.discard();
            }
        }
    }

    /**
     * Waits as long as the session asks for before the next attempt may be sent.
     *
     * @return null: none may be, and the call is settled, by a fallback or the outcome before the wait
     */
    Step.@Nullable Send granted(Step step) throws IOException {
        Step.Send next = null;
        try {
            next = BlockingExchange.next(failOpen(), step, this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(interrupted("interrupted while waiting to try again"));
        } catch (IOException rejected) {
            throw ended(rejected);
        }
        if (next == null && !settled) {
            if (disconnectSignal.abandoned()) {
                throw ended(new SocketException("Socket closed"));
            }
            deliver();
        }
        return next;
    }

    @Override
    public void waiting(Runnable end) {
        disconnectSignal.waiting(end);
    }

    @Override
    public boolean isStopped() {
        return disconnectSignal.abandoned();
    }

    @Override
    public Step fallBack(Step.FallBack step) {
        return rescued(step) ? Step.Deliver.INSTANCE : step.otherwise();
    }
}
