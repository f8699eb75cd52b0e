package bench;

import com.sun.management.ThreadMXBean;
import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.fleet.RateLeases;
import dev.holdfast.fleet.StoreClient;
import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.policy.ValueSource;
import dev.holdfast.store.RedisConnector;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes permits of a rate that nobody comes near, on the Redis at the port of its first argument: in calls of ours
 * without a limit, with one of the instance and with one of the fleet, and as a program does in code with Bucket4j.
 * Prints for each the nanoseconds of a call in the best of many batches, the bytes that it allocates and the commands
 * that Redis carries out, those of scripts included; then the nanoseconds with several threads.
 */
public final class FleetProgram {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int RATE = 1_000_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** The part that Bucket4j may take without the store: a thousandth of the rate, for as long as a lease of ours. */
    private static final DelayParameters DELAY = new DelayParameters(RATE / 1_000, Duration.ofMillis(250));

    private static final int LOCAL_BATCH = 2_000;
    private static final int REMOTE_BATCH = 200;
    private static final int WARM_UP = 60;
    private static final int BATCHES = 150;
    private static final int THREAD_COUNT = 8;
    private static final int THREAD_BATCHES = 40;
    private static final Outcome GOOD = new Good();
    private static final CallInfo CALL = new Get();

    private FleetProgram() {}

    /** One call, or one permit. */
    private interface Taker {
        void take();
    }

    private record Measured(Taker taker, int batch) {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        Map<String, Measured> all = new LinkedHashMap<>();
        RateLeases leases = ours(port, all);
        RedisCommands<String, String> redis =
                RedisClient.create("redis://127.0.0.1:" + port).connect().sync();
        peers(port, all);
        long began = System.nanoTime();
        long renewals = leases.renewals();
        alone(all, redis);
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println("renewals " + (leases.renewals() - renewals) / seconds);
        together(all);
        System.exit(0);
    }

    private static RateLeases ours(int port, Map<String, Measured> all) {
        StoreSettings settings = new StoreSettings(
                List.of("127.0.0.1:" + port),
                false,
                "",
                "",
                0,
                "",
                false,
                TimeUnit.MILLISECONDS.toNanos(10),
                "bench",
                "",
                false,
                ValueSource.FILE);
        PolicyTargets targets = new PolicyTargets(new CounterRegistry());
        targets.shareRates();
        StoreClient client =
                new StoreClient(settings, new RedisConnector(settings), (bad, what) -> System.err.println(what));
        RateLeases leases = new RateLeases(client, targets);
        Map<HostPattern, Policy> policies = new LinkedHashMap<>();
        policies.put(HostPattern.parse("none"), policy("none", LimitPolicy.NONE));
        policies.put(HostPattern.parse("own"), policy("own", new LimitPolicy(0, RATE, SECOND, SECOND, 0)));
        policies.put(HostPattern.parse("fleet"), policy("fleet", new LimitPolicy(0, RATE, SECOND, SECOND, 1)));
        Engine engine = new Engine(new PolicyTable<>(policies), targets, new Timer());
        policies.keySet().forEach(pattern -> {
            PolicyTarget target = Objects.requireNonNull(engine.target("https", pattern.toString(), -1));
            all.put(pattern.toString(), new Measured(() -> call(engine, target), LOCAL_BATCH));
        });
        return leases;
    }

    private static Policy policy(String name, LimitPolicy limits) {
        return Policies.retry().limits(limits).policy().named(name);
    }

    private static void call(Engine engine, PolicyTarget target) {
        Session session = engine.session(target, CALL);
        Step step = session.begin(engine.nanoTime());
        while (step instanceof Step.Wait wait) {
            LockSupport.parkNanos(wait.nanos());
            step = session.resume(engine.nanoTime());
        }
        if (!(step instanceof Step.Send) || session.after(1, GOOD, engine.nanoTime()) != Step.Deliver.INSTANCE) {
            throw new IllegalStateException("rejected: " + step);
        }
    }

    private static void peers(int port, Map<String, Measured> all) {
        BucketConfiguration rate = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(RATE).refillGreedy(RATE, Duration.ofSeconds(1)))
                .build();
        Bucket local = Bucket.builder()
                .addLimit(limit -> limit.capacity(RATE).refillGreedy(RATE, Duration.ofSeconds(1)))
                .build();
        ProxyManager<byte[]> onRedis = Bucket4jLettuce.casBasedBuilder(RedisClient.create("redis://127.0.0.1:" + port))
                .build();
        peer("bucket4j-local", local, LOCAL_BATCH, all);
        peer("bucket4j", onRedis.builder().build(key("plain"), () -> rate), REMOTE_BATCH, all);
        peer(
                "bucket4j-batching",
                onRedis.builder().withOptimization(Optimizations.batching()).build(key("batching"), () -> rate),
                REMOTE_BATCH,
                all);
        peer(
                "bucket4j-delaying",
                onRedis.builder()
                        .withOptimization(Optimizations.delaying(DELAY))
                        .build(key("delaying"), () -> rate),
                LOCAL_BATCH,
                all);
        peer(
                "bucket4j-predicting",
                onRedis.builder()
                        .withOptimization(Optimizations.predicting(DELAY))
                        .build(key("predicting"), () -> rate),
                LOCAL_BATCH,
                all);
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static void peer(String name, Bucket bucket, int batch, Map<String, Measured> all) {
        all.put(
                name,
                new Measured(
                        () -> {
                            if (!bucket.tryConsume(1)) {
                                throw new IllegalStateException("rejected");
                            }
                        },
                        batch));
    }

    private static void alone(Map<String, Measured> all, RedisCommands<String, String> redis) {
        Map<String, double[]> best = new LinkedHashMap<>();
        for (int i = -WARM_UP; i < BATCHES; i++) {
            for (Map.Entry<String, Measured> one : all.entrySet()) {
                double[] spent = batch(one.getValue(), redis);
                if (i >= 0) {
                    double[] known = best.computeIfAbsent(
                            one.getKey(), name -> new double[] {Double.MAX_VALUE, Double.MAX_VALUE, 0});
                    known[0] = Math.min(known[0], spent[0]);
                    known[1] = Math.min(known[1], spent[1]);
                    known[2] += spent[2] / BATCHES;
                }
            }
        }
        best.forEach((name, values) -> System.out.println(name + " " + values[0] + " " + values[1] + " " + values[2]));
    }

    private static double[] batch(Measured one, RedisCommands<String, String> redis) {
        long commands = commands(redis);
        long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        long start = System.nanoTime();
        for (int i = 0; i < one.batch(); i++) {
            one.taker().take();
        }
        long took = System.nanoTime() - start;
        bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes;
        commands = commands(redis) - commands - 1;
        double calls = one.batch();
        return new double[] {took / calls, bytes / calls, commands / calls};
    }

    private static long commands(RedisCommands<String, String> redis) {
        return redis.info("stats")
                .lines()
                .filter(line -> line.startsWith("total_commands_processed:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static void together(Map<String, Measured> all) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT);
        Map<String, Double> best = new LinkedHashMap<>();
        for (int i = -THREAD_BATCHES / 4; i < THREAD_BATCHES; i++) {
            for (Map.Entry<String, Measured> one : all.entrySet()) {
                double nanos = together(one.getValue(), threads);
                if (i >= 0) {
                    best.merge("threads-" + one.getKey(), nanos, Math::min);
                }
            }
        }
        best.forEach((name, nanos) -> System.out.println(name + " " + nanos));
        threads.shutdown();
    }

    private static double together(Measured one, ExecutorService threads) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(THREAD_COUNT);
        long start = System.nanoTime();
        for (int thread = 0; thread < THREAD_COUNT; thread++) {
            threads.execute(() -> {
                for (int i = 0; i < one.batch(); i++) {
                    one.taker().take();
                }
                ended.countDown();
            });
        }
        if (!ended.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("a thread has failed");
        }
        return (System.nanoTime() - start) / (double) (THREAD_COUNT * one.batch());
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
