package dev.holdfast.observe;

import static dev.holdfast.call.SessionTest.after;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls under one policy for every host, in a time that passes when a test says so, with everything that counts them.
 */
public final class ObservedCalls {
    private static final long STARTED_MILLIS = 1_700_000_000_000L;

    /** The JVM in which the calls are made. */
    public static final ProcessIdentity IDENTITY =
            new ProcessIdentity("web-7", 4711, "com.example.Shop", STARTED_MILLIS - 1_500);

    /** The coverage gaps of that JVM. */
    public static final CoverageGaps GAPS = new CoverageGaps(
            List.of(
                    new CoverageGaps.Unmatched("http://billing.example:80", 1),
                    new CoverageGaps.Unmatched("https://a.example:443", 12)),
            7,
            List.of(
                    new CoverageGaps.Uncovered("OkHttp", "com.vendor.shaded.okhttp3.internal.http", null),
                    new CoverageGaps.Uncovered("Apache HttpClient 4", "org.apache.http.impl.execchain", "4.5.14")),
            List.of("proxy.example:3128"));

    private volatile @Nullable InjectedFaults faults;
    private long now = Duration.ofDays(1).toNanos();

    public final CounterRegistry counterRegistry = new CounterRegistry(this::now, this::epochMillis);
    public final PolicyTargets targets = new PolicyTargets(counterRegistry);
    public final Status status;
    private final Engine engine;

    public ObservedCalls(Policy policy) {
        engine = new Engine(
                new PolicyTable<>(Map.of(HostPattern.parse("*"), policy)),
                targets,
                new Timer(),
                this::now,
                this::epochMillis,
                new Random(1));
        status = new Status(
                counterRegistry,
                new Status.Sources() {
                    @Override
                    public Collection<PolicyTarget> targets() {
                        return targets.all();
                    }

                    @Override
                    public boolean isOn() {
                        return true;
                    }

                    @Override
                    public Snapshot.Cache cache() {
                        return new Snapshot.Cache(5, 2, 4, 1, 3, 2_048, 65_536);
                    }

                    @Override
                    public StoreStats store() {
                        return null;
                    }

                    @Override
                    public InjectedFaults faults() {
                        return faults;
                    }

                    @Override
                    public CoverageGaps gaps() {
                        return GAPS;
                    }

                    @Override
                    public ProcessIdentity process() {
                        return IDENTITY;
                    }
                },
                "1.2.3",
                "holdfast.toml",
                "c0ffee000000",
                Set.of("*"));
    }

    /** Sets the faults that the configuration injects. */
    void faults(@Nullable InjectedFaults injected) {
        faults = injected;
    }

    public long now() {
        return now;
    }

    long epochMillis() {
        return STARTED_MILLIS + (now - Duration.ofDays(1).toNanos()) / 1_000_000;
    }

    public void pass(Duration time) {
        now += time.toNanos();
    }

    public PolicyTarget target(String host) {
        PolicyTarget target = engine.target("http", host, 80);
        assert target != null;
        return target;
    }

    /** A GET that is answered by these, one after the other; what it waits for passes at once. Each takes 10 ms. */
    public Session call(String host, Outcome... outcomes) {
        Session session = session(host);
        Step step = session.begin(now);
        for (Outcome outcome : outcomes) {
            if (step instanceof Step.Wait wait) {
                now += wait.nanos();
                step = session.resume(now);
            }
            if (step instanceof Step.Send) {
                pass(Duration.ofMillis(10));
                step = after(session, outcome, now);
            }
        }
        return session;
    }

    public Session session(String host) {
        return engine.session(target(host), new Get(0));
    }

    /** A GET of which it is known who makes it. */
    public Session session(String host, long fingerprint) {
        return engine.session(target(host), new Get(fingerprint));
    }

    public OriginStats stats(String origin) {
        return status.get().origins().stream()
                .filter(stats -> stats.origin().equals(origin))
                .findFirst()
                .orElseThrow();
    }

    public static Outcome.Response status(int status) {
        return new Answer(status);
    }

    private record Answer(int status) implements Outcome.Response {
        @Override
        public String header(String name) {
            return null;
        }
    }

    /** A call of {@code java.net.http}. */
    public record Get(long fingerprint) implements CallInfo {
        @Override
        public Client client() {
            return Client.of("java.net.http");
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
}
