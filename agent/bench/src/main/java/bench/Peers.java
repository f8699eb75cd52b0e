package bench;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A successful call through closed breakers, ours and the peers', one breaker for all threads. A window of time needs
 * the time: ours is handed a reading of the clock within the measurement, as the peers read it themselves.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Peers {
    private static final long TOOK = 1_000_000;
    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration SLOW = Duration.ofSeconds(60);

    private final CircuitBreaker consecutive =
            new CircuitBreaker(Breakers.consecutive(5).build(), (from, to, why, when) -> {});
    private final CircuitBreaker ofCalls =
            new CircuitBreaker(Breakers.rate(0.5, 100, 100).slow(SLOW, 1).build(), (from, to, why, when) -> {});
    private final CircuitBreaker ofTime =
            new CircuitBreaker(Breakers.rate(0.5, WINDOW, 100).slow(SLOW, 1).build(), (from, to, why, when) -> {});

    private final io.github.resilience4j.circuitbreaker.CircuitBreaker theirsOfCalls =
            resilience4j(SlidingWindowType.COUNT_BASED, 100);
    private final io.github.resilience4j.circuitbreaker.CircuitBreaker theirsOfTime =
            resilience4j(SlidingWindowType.TIME_BASED, (int) WINDOW.toSeconds());
    private final dev.failsafe.CircuitBreaker<Object> failsafeConsecutive =
            dev.failsafe.CircuitBreaker.builder().withFailureThreshold(5).build();
    private final dev.failsafe.CircuitBreaker<Object> failsafeOfCalls =
            dev.failsafe.CircuitBreaker.builder().withFailureThreshold(50, 100).build();
    private final dev.failsafe.CircuitBreaker<Object> failsafeOfTime = dev.failsafe.CircuitBreaker.builder()
            .withFailureRateThreshold(50, 100, WINDOW)
            .build();

    private final Engine engine = new Engine(
            new PolicyTable<>(Map.of(
                    HostPattern.parse("*"),
                    Policies.retry()
                            .breaker(Breakers.consecutive(5).build())
                            .budget(0.2, 10)
                            .policy())),
            new PolicyTargets(new CounterRegistry()),
            new Timer());
    private final PolicyTarget target = Objects.requireNonNull(engine.target("https", "api.example", -1));
    private final CallInfo call = new Get();
    private final Outcome good = new Good();
    private final Supplier<Outcome> resilience4jCall = Retry.decorateSupplier(
            Retry.ofDefaults("retry"),
            io.github.resilience4j.circuitbreaker.CircuitBreaker.decorateSupplier(theirsOfCalls, () -> good));
    private final FailsafeExecutor<Object> failsafeCall =
            Failsafe.with(RetryPolicy.builder().withMaxRetries(3).build(), failsafeConsecutive);

    private static io.github.resilience4j.circuitbreaker.CircuitBreaker resilience4j(SlidingWindowType type, int size) {
        return io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
                "peer",
                CircuitBreakerConfig.custom()
                        .slidingWindow(size, 100, type)
                        .failureRateThreshold(50)
                        .slowCallDurationThreshold(SLOW)
                        .slowCallRateThreshold(100)
                        .build());
    }

    @Benchmark
    public Object consecutiveHoldfast() {
        return ours(consecutive, 0);
    }

    @Benchmark
    public Object consecutiveFailsafe() {
        return failsafe(failsafeConsecutive);
    }

    @Benchmark
    public Object callsHoldfast() {
        return ours(ofCalls, 0);
    }

    @Benchmark
    public Object callsResilience4j() {
        return resilience4j(theirsOfCalls);
    }

    @Benchmark
    public Object callsFailsafe() {
        return failsafe(failsafeOfCalls);
    }

    @Benchmark
    public Object timeHoldfast() {
        return ours(ofTime, System.nanoTime());
    }

    @Benchmark
    public Object timeResilience4j() {
        return resilience4j(theirsOfTime);
    }

    @Benchmark
    public Object timeFailsafe() {
        return failsafe(failsafeOfTime);
    }

    private static Object ours(CircuitBreaker breaker, long now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        CircuitBreaker.Permit permit = breaker.tryAcquire(now, random);
        if (permit == null) {
            throw new IllegalStateException("rejected");
        }
        breaker.onSuccess(permit, TOOK, now, random);
        return permit;
    }

    private static Object resilience4j(io.github.resilience4j.circuitbreaker.CircuitBreaker breaker) {
        breaker.acquirePermission();
        breaker.onSuccess(TOOK, TimeUnit.NANOSECONDS);
        return breaker;
    }

    private static Object failsafe(dev.failsafe.CircuitBreaker<Object> breaker) {
        if (!breaker.tryAcquirePermit()) {
            throw new IllegalStateException("rejected");
        }
        breaker.recordSuccess();
        return breaker;
    }

    /** The look for the policy, which the peers, being wrapped around each client by hand, have no need of. */
    @Benchmark
    public Object lookup() {
        return engine.target("https", "api.example", -1);
    }

    /** Breaker, retry and budget. */
    @Benchmark
    public Object callHoldfast() {
        Session session = engine.session(target, call);
        Step step = session.begin(engine.nanoTime());
        if (!(step instanceof Step.Send)) {
            throw new IllegalStateException("rejected");
        }
        return session.after(1, good, engine.nanoTime());
    }

    @Benchmark
    public Object callResilience4j() {
        return resilience4jCall.get();
    }

    @Benchmark
    public Object callFailsafe() {
        return failsafeCall.get(() -> good);
    }

    private static final class Get implements CallInfo {
        private static final Client CLIENT = Client.of("java.net.http");

        @Override
        public Client client() {
            return CLIENT;
        }

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String requestHeader(String name) {
            return null;
        }

        @Override
        public boolean bodyReplayable() {
            return true;
        }
    }

    private static final class Good implements Outcome.Response {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public String header(String name) {
            return null;
        }
    }
}
