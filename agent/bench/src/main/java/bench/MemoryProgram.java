package bench;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Session;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Map;
import java.util.Random;

/**
 * Prints how many bytes 10,000 origins keep that were each called over a while, with the breaker that is its argument
 * ({@code consecutive}, {@code calls}, {@code time}) and the retry budget.
 */
public final class MemoryProgram {
    private static final int ORIGINS = 10_000;
    private static final long SECOND = 1_000_000_000L;

    private static long now;

    private MemoryProgram() {}

    public static void main(String[] arguments) {
        BreakerPolicy breaker = (switch (arguments[0]) {
                    case "calls" -> Breakers.rate(0.5, 100, 10);
                    case "time" -> Breakers.rate(0.5, Duration.ofSeconds(30), 10);
                    default -> Breakers.consecutive(5);
                })
                .build();
        call(engine(breaker), 1); // the classes and what they keep
        Engine engine = engine(breaker);
        long before = used();
        call(engine, ORIGINS);
        long after = used();
        Reference.reachabilityFence(engine);
        System.out.println(after - before);
    }

    private static Engine engine(BreakerPolicy breaker) {
        return new Engine(
                new PolicyTable<>(Map.of(
                        HostPattern.parse("*"),
                        Policies.retry().breaker(breaker).budget(0.2, 10).policy())),
                new PolicyTargets(Observer.NONE),
                new Timer(),
                () -> now,
                () -> 0,
                new Random(1));
    }

    private static void call(Engine engine, int origins) {
        Get call = new Get();
        // Over a minute, so that every window and every budget has gone through all of its buckets.
        for (int second = 0; second < 60; second++) {
            now += SECOND;
            for (int i = 0; i < origins; i++) {
                Session session = engine.session(engine.target("https", "host" + i + ".example.com", -1), call);
                session.begin(now);
                session.after(1, call, now);
            }
        }
    }

    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < 3; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static final class Get implements CallInfo, Outcome.Response {
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
