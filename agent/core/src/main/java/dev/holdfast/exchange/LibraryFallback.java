package dev.holdfast.exchange;

import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.AlternateOrigin;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Serves the fallback of a library's call, and makes the response that the program gets of a strategy.
 *
 * @param <R> the library's response
 */
final class LibraryFallback<R> implements FallbackHandler.Transport {
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    private final LibraryCall<R> call;
    private final LibraryTransport<R> transport;
    private final FallbackHandler handler;
    private volatile @Nullable AlternateOriginCall alternate;
    private volatile LibraryTransport.@Nullable Attempt<R> inFlight;
    /** The response of an alternate origin. */
    private volatile @Nullable R fetched;
    /** The attempt that has got it. */
    private volatile LibraryTransport.@Nullable Attempt<R> fetchedBy;

    /** Creates the fallback of a request that is about to be sent for the first time. */
    LibraryFallback(LibraryCall<R> call, FallbackStrategies fallbackStrategies) {
        this.call = call;
        this.transport = call.transport();
        this.handler = new FallbackHandler(call.session(), fallbackStrategies, this, transport::caller);
    }

    /** See {@link FallbackHandler#resolve}. */
    CompletableFuture<Step> resolve(Step.FallBack step) {
        return handler.resolve(step);
    }

    /** The answer for the program; null: no strategy has one, or it cannot be made, which was reported. */
    @Nullable
    R response() {
        if (!handler.hasAnswer()) {
            return null;
        }
        try {
            FallbackCandidate.Response found = handler.answer();
            return found == null ? delivered() : transport.synthetic(found);
        } catch (RuntimeException | LinkageError e) {
            call.session().report(e);
            return null;
        }
    }

    private @Nullable R delivered() {
        LibraryTransport.Attempt<R> by = fetchedBy;
        if (by != null) {
            transport.delivers(by);
        }
        return fetched;
    }

    /** Nobody waits for an alternate origin any more. Any thread. */
    void abandon() {
        AlternateOriginCall asked = alternate;
        LibraryTransport.Attempt<R> sent = inFlight;
        if (asked != null) {
            asked.abandon();
        }
        if (sent != null) {
            sent.cancel();
        }
    }

    /**
     * Begins to record the response that the program gets.
     *
     * @param attempt which attempt it is of
     * @return null: it is not kept
     */
    @Nullable
    ResponseRecording recording(R response, ResponseHead head, LibraryTransport.Attempt<R> attempt) {
        // A proxy's answer to CONNECT: the origin has not been asked (RFC 9110, 15.5.8).
        if (handler.caller() == null || head.status() == PROXY_AUTHENTICATION_REQUIRED) {
            return null;
        }
        try {
            boolean reads = method().equals("GET") || method().equals("HEAD");
            if (reads && !transport.mayBeStored(attempt, response)) {
                return null;
            }
            ResponseRecording begun = handler.record(head);
            if (begun == null) {
                return null;
            }
            // What was sent meanwhile may have had a cookie more than at first.
            if (begun.isOfBody() && !handler.isSameCaller(transport::caller)) {
                begun.cancel();
                return null;
            }
            begun.confirm();
            return begun.isOfBody() ? begun : null;
        } catch (RuntimeException | LinkageError e) {
            call.session().report(FallbackHandler.NOT_KEPT, e);
            return null;
        }
    }

    @Override
    public CompletableFuture<Boolean> sendElsewhere(FallbackCandidate.AlternateOriginRequest offer) {
        CompletableFuture<Boolean> good = new CompletableFuture<>();
        AlternateOriginCall begun = new AlternateOriginCall(call.session(), transport, offer);
        Step.Send send = begun.begin();
        if (send == null) {
            return CompletableFuture.completedFuture(false);
        }
        try {
            LibraryTransport.Attempt<R> attempt = transport.alternateOrigin(offer, send);
            if (attempt == null) {
                begun.cancel();
                return CompletableFuture.completedFuture(false);
            }
            alternate = begun;
            inFlight = attempt;
            transport.onCancel(() -> {
                if (transport.isCancelled()) {
                    abandon();
                }
            });
            send(begun, attempt, send, good);
        } catch (RuntimeException | Error e) {
            begun.cancel();
            call.session().report(e);
            good.complete(false);
        }
        return good;
    }

    private void send(
            AlternateOriginCall begun,
            LibraryTransport.Attempt<R> attempt,
            Step.Send send,
            CompletableFuture<Boolean> good) {
        AtomicBoolean late = new AtomicBoolean();
        Future<?> timer = send.timeoutNanos() == Long.MAX_VALUE
                ? null
                : call.session()
                        .engine()
                        .schedule(
                                () -> {
                                    late.set(true);
                                    call.session().engine().onThread(attempt::cancel);
                                },
                                send.timeoutNanos());
        Clock clock = new Clock(call.session().engine(), begun);
        attempt.clock(clock);
        attempt.start((response, failure) -> {
            clock.resume();
            if (timer != null) {
                timer.cancel(false);
            }
            inFlight = null;
            try {
                good.complete(isGood(begun, attempt, response, failure, late.get()));
            } catch (RuntimeException | Error e) {
                begun.cancel();
                call.session().report(e);
                good.complete(false);
            }
        });
    }

    /** The time of a request to an alternate origin, whose limit bounds its waits, too. */
    private static final class Clock extends AttemptClock {
        private final AlternateOriginCall of;

        Clock(Engine engine, AlternateOriginCall of) {
            super(engine, engine.nanoTime(), true);
            this.of = of;
        }

        @Override
        void waited(long nanos) {
            of.heldUp(nanos);
        }
    }

    private boolean isGood(
            AlternateOriginCall begun,
            LibraryTransport.Attempt<R> attempt,
            @Nullable R response,
            @Nullable Throwable failure,
            boolean late) {
        if (begun.isAbandoned() || call.isOver()) {
            begun.cancel();
            close(attempt, response);
            return false;
        }
        if (response == null || late) {
            Throwable error = failure == null ? new IOException("no response") : failure;
            Outcome outcome = transport.classify(attempt, late ? transport.timedOut(error) : error);
            if (outcome instanceof Outcome.Cancelled) {
                begun.cancel();
            } else {
                begun.failed(outcome);
            }
            close(attempt, response);
            return false;
        }
        ResponseHead head = transport.head(response);
        Outcome.Failure refused = transport.refusedTunnel(attempt, response);
        if (refused != null) {
            begun.failed(refused);
            close(attempt, response);
            return false;
        }
        if (!begun.decide(head, true)) {
            close(attempt, response);
            return false;
        }
        long length = transport.bodyLength(response);
        fetchedBy = attempt;
        R marked = transport.withHeaders(response, AlternateOrigin.marked(head.fields()));
        fetched = length == 0
                ? marked
                : transport.wrapBody(
                        marked,
                        body -> ResponseStreams.watched(
                                body, length, e -> begun.bodyFailed(() -> FailureClassifier.responseBody(e))));
        return true;
    }

    private void close(LibraryTransport.Attempt<R> attempt, @Nullable R response) {
        if (response == null) {
            return;
        }
        try {
            attempt.cancel(); // not read to its end
            transport.close(response);
        } catch (IOException e) {
            // Nobody wants it.
        }
    }

    @Override
    public FallbackRequest request(@Nullable Identity caller) {
        return transport.request(caller);
    }

    @Override
    public boolean isOver() {
        return call.isOver();
    }

    @Override
    public Client client() {
        return transport.client();
    }

    @Override
    public String method() {
        return transport.method();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return transport.requestHeader(name);
    }

    @Override
    public boolean bodyReplayable() {
        return transport.bodyReplayable();
    }
}
