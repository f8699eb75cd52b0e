package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The parts of a body go to the application's subscriber as it asks for them. */
@Timeout(30)
class BackpressureRelayTest {
    private final Upstream upstream = new Upstream();
    private final Reader reader = new Reader();

    @Test
    void noPartComesUnasked() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(upstream, List.of(part(1), part(2)));
        backpressureRelay.connect(reader);
        assertThat(reader.seen).isEmpty();
        reader.ask(1);
        assertThat(reader.seen).containsExactly("1");
        assertThat(upstream.asked).hasValue(0);
        reader.ask(1);
        assertThat(reader.seen).containsExactly("1", "2");
        assertThat(upstream.asked).as("nobody asked for more").hasValue(0);
    }

    @Test
    void upstreamIsAskedForOnePartAtATime() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(upstream, List.of(part(1)));
        backpressureRelay.connect(reader);
        reader.ask(Long.MAX_VALUE);
        assertThat(upstream.asked).hasValue(1);
        reader.ask(Long.MAX_VALUE);
        assertThat(upstream.asked).hasValue(1);
        backpressureRelay.next(part(2));
        assertThat(upstream.asked).hasValue(2);
        backpressureRelay.complete();
        assertThat(reader.seen).containsExactly("1", "2", "end");
    }

    @Test
    void theEndNeedsNotBeAskedForButComesLast() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(null, List.of(part(1)));
        backpressureRelay.complete();
        backpressureRelay.connect(reader);
        assertThat(reader.seen).isEmpty();
        reader.ask(1);
        assertThat(reader.seen).containsExactly("1", "end");
    }

    @Test
    void whatCameBeforeAFailureIsHandedOver() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(upstream, List.of(part(1), part(2)));
        backpressureRelay.connect(reader);
        backpressureRelay.fail(new IOException("broken"));
        reader.ask(1);
        assertThat(reader.seen).containsExactly("1");
        reader.ask(1);
        assertThat(reader.seen).containsExactly("1", "2", "java.io.IOException: broken");
        backpressureRelay.complete();
        assertThat(reader.seen).hasSize(3);
    }

    @Test
    void nothingComesAfterACancel() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(upstream, List.of(part(1), part(2)));
        backpressureRelay.connect(reader);
        reader.ask(1);
        reader.cancel();
        reader.ask(5);
        backpressureRelay.next(part(3));
        backpressureRelay.complete();
        assertThat(reader.seen).containsExactly("1");
        assertThat(upstream.cancelled).hasValue(1);
    }

    @Test
    void aRequestForNothingIsAnError() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(upstream, List.of(part(1)));
        backpressureRelay.connect(reader);
        reader.ask(0);
        assertThat(reader.seen)
                .containsExactly("java.lang.IllegalArgumentException: non-positive subscription request: 0");
        assertThat(upstream.cancelled).hasValue(1);
    }

    @Test
    void aSubscriberThatAsksWhileItIsServedIsServedInOrder() {
        BackpressureRelay backpressureRelay = new BackpressureRelay(null, List.of(part(1), part(2), part(3)));
        backpressureRelay.complete();
        reader.asksForMore = true;
        backpressureRelay.connect(reader);
        reader.ask(1);
        assertThat(reader.seen).containsExactly("1", "2", "3", "end");
    }

    @Test
    void whoeverSignalsAndAsksPartsComeInOrderOneAtATime() throws Exception {
        for (int round = 0; round < 200; round++) {
            int parts = 50;
            AtomicLong wanted = new AtomicLong();
            CompletableFuture<BackpressureRelay> made = new CompletableFuture<>();
            Reader slow = new Reader();
            Flow.Subscription source = new Flow.Subscription() {
                private int sent;

                @Override
                public void request(long n) {
                    wanted.addAndGet(n);
                    int next = ++sent;
                    // Signals come from one thread after the other, as the client's do, but from others than ours.
                    CompletableFuture<?> unused = CompletableFuture.runAsync(() -> {
                        if (next <= parts) {
                            made.join().next(part(next));
                        } else {
                            made.join().complete();
                        }
                    });
                }

                @Override
                public void cancel() {}
            };
            BackpressureRelay backpressureRelay = new BackpressureRelay(source, List.of());
            made.complete(backpressureRelay);
            backpressureRelay.connect(slow);
            CompletableFuture<?> asking = CompletableFuture.runAsync(() -> {
                for (int i = 0; i <= parts; i++) {
                    slow.ask(1);
                }
            });
            slow.ask(1);
            asking.get(20, TimeUnit.SECONDS);
            assertThat(slow.body.get(20, TimeUnit.SECONDS)).isEqualTo("whole");
            assertThat(slow.seen).hasSize(parts + 1).startsWith("1", "2", "3").endsWith("50", "end");
            assertThat(slow.atOnce).as("signals at the same time").hasValue(0);
            assertThat(wanted).hasValueLessThanOrEqualTo(parts + 1);
        }
    }

    private static List<ByteBuffer> part(int number) {
        return List.of(ByteBuffer.wrap(String.valueOf(number).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    private static final class Upstream implements Flow.Subscription {
        final AtomicLong asked = new AtomicLong();
        final AtomicInteger cancelled = new AtomicInteger();

        @Override
        public void request(long n) {
            asked.addAndGet(n);
        }

        @Override
        public void cancel() {
            cancelled.incrementAndGet();
        }
    }

    private static final class Reader implements BodySubscriber<String> {
        final List<String> seen = new ArrayList<>();
        final AtomicInteger atOnce = new AtomicInteger();
        final CompletableFuture<String> body = new CompletableFuture<>();
        boolean asksForMore;
        private final AtomicInteger signals = new AtomicInteger();
        private volatile Flow.@Nullable Subscription subscription;

        void ask(long n) {
            Flow.Subscription current = subscription;
            if (current != null) {
                current.request(n);
            }
        }

        void cancel() {
            Flow.Subscription current = subscription;
            if (current != null) {
                current.cancel();
            }
        }

        private void note(String what) {
            if (signals.incrementAndGet() > 1) {
                atOnce.incrementAndGet();
            }
            seen.add(what);
            signals.decrementAndGet();
        }

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            StringBuilder text = new StringBuilder();
            part.forEach(buffer -> text.append(java.nio.charset.StandardCharsets.US_ASCII.decode(buffer)));
            note(text.toString());
            if (asksForMore) {
                ask(1);
            }
        }

        @Override
        public void onError(Throwable error) {
            note(error.toString());
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            note("end");
            body.complete("whole");
        }
    }
}
