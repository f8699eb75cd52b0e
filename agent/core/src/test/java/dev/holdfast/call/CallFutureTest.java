package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests the future as {@code HttpClient.sendAsync} documents it. */
class CallFutureTest {
    private final AtomicInteger stopped = new AtomicInteger();
    private final CallFuture<String> future = CallFuture.create();

    CallFutureTest() {
        future.onCancel(derived -> stopped.incrementAndGet());
    }

    @Test
    void aCancelThatMayInterruptStopsTheCallOnce() {
        assertThat(future.cancel(true)).isTrue();
        assertThat(future.cancel(true)).isTrue();
        assertThat(future).isCancelled();
        assertThat(stopped).hasValue(1);
    }

    @Test
    void whatStopsItKnowsWhichFutureWasCancelledAndMaySayHowItEnded() {
        CallFuture<String> ending = CallFuture.create();
        ending.onCancel(derived -> ending.completeExceptionally(new IllegalStateException("derived: " + derived)));
        assertThat(ending.cancel(true)).isTrue();
        assertThat(ending)
                .isNotCancelled()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("derived: false");

        CallFuture<String> other = CallFuture.create();
        other.onCancel(derived -> other.completeExceptionally(new IllegalStateException("derived: " + derived)));
        assertThat(other.thenApply(String::length).cancel(true)).isTrue();
        assertThat(other).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("derived: true");
    }

    @Test
    void aCancelThatMayNotDoesNot() {
        assertThat(future.cancel(false)).isTrue();
        assertThat(stopped).hasValue(0);
    }

    @Test
    void afterTheEndThereIsNothingToStop() {
        future.complete("answer");
        assertThat(future.cancel(true)).isFalse();
        assertThat(stopped).hasValue(0);
    }

    @Test
    void aDependentStopsItTooHoweverFarDown() {
        CompletableFuture<Integer> dependent = future.thenApply(String::length).thenApply(n -> n + 1);
        assertThat(dependent).isInstanceOf(CallFuture.class);
        assertThat(dependent.cancel(true)).isTrue();
        assertThat(stopped).hasValue(1);
        assertThat(future).isNotDone();
    }

    @Test
    void withoutAnythingToStopItIsAFutureLikeAnyOther() {
        CallFuture<String> plain = CallFuture.create();
        assertThat(plain.cancel(true)).isTrue();
    }

    @Test
    void itsResultCannotBeChanged() {
        assertThatThrownBy(() -> future.obtrudeValue("other")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> future.obtrudeException(new Exception()))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
