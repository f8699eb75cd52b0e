package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.policy.Route;
import dev.holdfast.policy.RoutePattern;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final Policy policy = Policies.retry()
            .breaker(Breakers.consecutive(5).build())
            .budget(0.2, 10)
            .policy();
    private final PolicyTargets targets = new PolicyTargets(Observer.NONE, 100);

    @Test
    void findsOneTargetForAllSpellingsOfAnOrigin() {
        Engine engine = engine("*.example.com");
        PolicyTarget target = engine.target("https", "api.example.com", 443);

        assertThat(target).isNotNull();
        assertThat(target.origin()).isEqualTo(new Origin("https", "api.example.com", 443));
        assertThat(engine.target("https", "api.example.com", -1)).isSameAs(target);
        assertThat(engine.target("HTTPS", "API.Example.COM", -1)).isSameAs(target);
        assertThat(engine.target("https", "api.example.com.", -1)).isSameAs(target);
    }

    @Test
    void tellsOriginsOfOneHostApart() {
        Engine engine = engine("*");
        PolicyTarget plain = engine.target("http", "example.com", -1);
        PolicyTarget secure = engine.target("https", "example.com", -1);
        PolicyTarget other = engine.target("http", "example.com", 443);

        assertThat(List.of(
                        plain.origin().port(),
                        secure.origin().port(),
                        other.origin().port()))
                .containsExactly(80, 443, 443);
        assertThat(secure).isNotSameAs(other);
        assertThat(engine.target("http", "example.com", 80)).isSameAs(plain);
        assertThat(engine.target("https", "example.com", -1)).isSameAs(secure);
    }

    @Test
    void leavesAloneWhatHasNoPolicyAndWhatIsNotHttp() {
        Engine engine = engine("example.com");

        assertThat(engine.target("http", "example.org", -1)).isNull();
        assertThat(engine.target("http", "www.example.com", -1)).isNull();
        assertThat(engine.target("ftp", "example.com", -1)).isNull();
        assertThat(engine.target("", "example.com", -1)).isNull();
        assertThat(engine.target(null, "example.com", -1)).isNull();
        assertThat(engine.target("http", null, -1)).isNull();
        assertThat(engine.target("http", "", -1)).isNull();
    }

    @Test
    void leavesAloneAHostWhosePolicyIsOff() {
        assertThat(engine("*", Policies.retry().policy(Mode.OFF)).target("http", "example.com", -1))
                .isNull();
        assertThat(engine("*", Policies.retry().policy(Mode.OBSERVE)).target("http", "example.com", -1))
                .isNotNull();
    }

    @Test
    void allocatesNothingForAKnownHostWithPolicyOrWithout() {
        Engine engine = engine("*.example.com");

        assertThat(bytesFor(() -> engine.target("https", "api.example.com", -1)))
                .isZero();
        assertThat(bytesFor(() -> engine.target("http", "API.example.com.", 8080)))
                .isZero();
        assertThat(bytesFor(() -> engine.target("https", "elsewhere.example.org", -1)))
                .isZero();
        assertThat(bytesFor(() -> engine.target("file", "api.example.com", -1))).isZero();
    }

    @Test
    void remembersABoundedNumberOfHosts() {
        Engine engine = engine("known.example");
        for (int i = 0; i < 3 * Engine.MAX_HOSTS; i++) {
            assertThat(engine.target("http", "flood" + i + ".example", -1)).isNull();
        }

        assertThat(engine.hostsRemembered()).isLessThanOrEqualTo(Engine.MAX_HOSTS);
        assertThat(engine.target("http", "known.example", -1)).isNotNull();
    }

    @Test
    void remembersNoNameThatIsTooLongForAHost() {
        Engine engine = engine("*");
        for (int i = 0; i < 100; i++) {
            String name = i + "x".repeat(100_000);
            assertThat(engine.target("http", name, -1)).isNull();
        }

        assertThat(engine.hostsRemembered()).isZero();
        assertThat(targets.all()).isEmpty();
        assertThat(engine.target("http", "x".repeat(253), -1)).isNotNull();
    }

    @Test
    void answersForEachPortOfAHostHoweverManyThereAre() {
        Engine engine = engine("localhost:1000");
        for (int round = 0; round < 2; round++) {
            for (int port = 980; port < 1_020; port++) {
                assertThat(engine.target("http", "localhost", port) != null)
                        .as("port %d", port)
                        .isEqualTo(port == 1000);
            }
        }
        assertThat(engine.target("http", "localhost", 1000)).isSameAs(engine.target("http", "localhost", 1000));
    }

    @Test
    void looksUpAnewWhatMadeRoomForOthers() {
        Engine engine = engine("*");
        PolicyTarget first = engine.target("http", "first.example", -1);
        for (int i = 0; i < 200; i++) {
            engine.target("http", "flood" + i + ".example", -1);
        }

        assertThat(first.isForgotten()).isTrue();
        PolicyTarget second = engine.target("http", "first.example", -1);
        assertThat(second).isNotSameAs(first);
        assertThat(engine.target("http", "first.example", -1)).isSameAs(second);
    }

    @Test
    void threadsThatMeetAnOriginTogetherGetOneTarget() throws Exception {
        Engine engine = engine("*");
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 50; round++) {
                String host = "host" + round + ".example";
                CountDownLatch together = new CountDownLatch(threads);
                Callable<PolicyTarget> meet = () -> {
                    together.countDown();
                    together.await();
                    return engine.target("http", host, -1);
                };
                List<Future<PolicyTarget>> met = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    met.add(pool.submit(meet));
                }
                PolicyTarget first = met.get(0).get();
                for (Future<PolicyTarget> other : met) {
                    assertThat(other.get()).isSameAs(first);
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aRouteHasATargetOfItsOwnAndOneThatIsOffHasNone() {
        Policy busy = Policies.retry().maxRetries(1).policy();
        Policy off = Policies.retry().policy(Mode.OFF);
        Engine engine = engine(
                "api.example",
                policy.withRoutes(List.of(
                        new Route(RoutePattern.parse("/off/**", Set.of()), named("api.example /off/**", off)),
                        new Route(
                                RoutePattern.parse("/busy", Set.of("POST")), named("api.example POST /busy", busy)))));
        PolicyTarget host = Objects.requireNonNull(engine.target("http", "api.example", -1));

        assertThat(engine.route(host, "GET", "/busy")).isSameAs(host);
        assertThat(engine.route(host, "POST", "/busy"))
                .isNotNull()
                .isSameAs(engine.route(host, "POST", "/busy"))
                .satisfies(
                        route -> assertThat(route.policy().retry().maxRetries()).isEqualTo(1));
        assertThat(engine.route(host, "GET", "/off/x")).isNull();
        assertThat(engine.routeOrUntouched(host, "GET", "/off/x").policy().mode())
                .isEqualTo(Mode.OFF);
    }

    @Test
    void aHostThatIsOffIsNoneOfOurBusinessUnlessARouteIsOn() {
        Policy off = Policies.retry().policy(Mode.OFF);
        Route on = new Route(RoutePattern.parse("/on", Set.of()), named("api.example /on", policy));

        assertThat(engine("api.example", off).target("http", "api.example", -1)).isNull();
        assertThat(engine("api.example", off.withRoutes(List.of(on))).target("http", "api.example", -1))
                .isNotNull();
    }

    private static Policy named(String name, Policy like) {
        return new Policy(
                name,
                like.mode(),
                like.retry(),
                like.breaker(),
                like.budget(),
                like.limits(),
                like.hedge(),
                like.fallback());
    }

    private Engine engine(String pattern) {
        return engine(pattern, policy);
    }

    private Engine engine(String pattern, Policy of) {
        return new Engine(new PolicyTable<>(Map.of(HostPattern.parse(pattern), of)), targets, new Timer());
    }

    /**
     * Returns what a call allocates once it has run; the least of a few measurements, for the JVM allocates at times as
     * well.
     */
    private static long bytesFor(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 1_000; i++) {
            call.run();
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int j = 0; j < 100; j++) {
                call.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void remembersWhatItFoundForAHostAndItsPorts() {
        Engine engine = engine("*");
        PolicyTarget plain = engine.target("http", "a.example", 80);
        for (int port = 1; port <= 15; port++) {
            engine.target("http", "a.example", port);
        }
        targets.retain(Set.of());
        // Looked up anew, in the place of what was forgotten: the others stay as they are.
        PolicyTarget again = engine.target("http", "a.example", 80);
        assertThat(again).isNotSameAs(plain);
        assertThat(engine.target("http", "a.example", 80)).isSameAs(again);
        assertThat(engine.hostsRemembered()).isEqualTo(1);
        assertThat(engine).hasToString("Engine[1 hosts seen]");
        assertThat(engine.target("https", "b.example", 0).origin()).isEqualTo(new Origin("https", "b.example", 0));
        assertThat(engine.target("http", "x".repeat(255), -1)).isNotNull();
        assertThat(engine.target("http", "x".repeat(256), -1)).isNull();
        assertThat(engine.route(plain, "GET", "/any")).isSameAs(plain);
    }
}
