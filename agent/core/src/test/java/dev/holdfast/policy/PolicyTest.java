package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private final Policy on = Policies.retry().policy();
    private final Policy observed = Policies.retry().policy(Mode.OBSERVE);
    private final Policy off = Policies.retry().policy(Mode.OFF);

    @Test
    void isInForceItselfOrByOneOfItsRoutes() {
        assertThat(on.inForce()).isTrue();
        assertThat(observed.inForce()).isTrue();
        assertThat(off.inForce()).isFalse();
        assertThat(off.withRoutes(List.of(route("/a", off))).inForce()).isFalse();
        assertThat(off.withRoutes(List.of(route("/a", off), route("/b", observed)))
                        .inForce())
                .isTrue();
    }

    @Test
    void holdsForARequestUnlessOneOfItsRoutesDoes() {
        Policy writes = Policies.retry().maxRetries(0).policy();
        Policy root = Policies.retry().maxRetries(9).policy();
        Policy policy = on.withRoutes(List.of(route("/v1/**", writes, "POST"), route("/", root)));

        assertThat(policy.of("POST", "/v1/orders")).isSameAs(writes);
        assertThat(policy.of("GET", "/v1/orders")).isSameAs(policy);
        assertThat(policy.of("POST", "/v2")).isSameAs(policy);
        assertThat(policy.of("GET", "")).isSameAs(root);
        assertThat(policy.of("GET", null)).as("a URL without a path").isSameAs(root);
        assertThat(on.of("GET", "/v1/orders")).isSameAs(on);
    }

    @Test
    void letsTheMostSpecificRouteWinWhateverTheOrderInTheFile() {
        Policy policy = on.withRoutes(List.of(route("/**", off), route("/v1/*", observed), route("/v1/a", on)));

        assertThat(policy.of("GET", "/v1/a")).isSameAs(on);
        assertThat(policy.of("GET", "/v1/b")).isSameAs(observed);
        assertThat(policy.of("GET", "/")).isSameAs(off);
        assertThat(policy.routes())
                .extracting(route -> route.pattern().toString())
                .containsExactly("/v1/a", "/v1/*", "/**");
    }

    @Test
    void concernsAPathWhereItIsOnOrARouteToThatPathIs() {
        assertThat(on.inForceFor("/a")).isTrue();
        assertThat(off.inForceFor("/a")).isFalse();
        assertThat(on.withRoutes(List.of(route("/a", off))).inForceFor("/a")).isTrue();

        Policy writes = off.withRoutes(List.of(route("/a", on, "POST"), route("/b", off), route("/", observed)));
        assertThat(writes.inForceFor("/a")).as("for one of its methods").isTrue();
        assertThat(writes.inForceFor("/b")).isFalse();
        assertThat(writes.inForceFor("/c")).isFalse();
        assertThat(writes.inForceFor("")).isTrue();
        assertThat(writes.inForceFor(null)).isTrue();
    }

    @Test
    void canBeHadUnderItsNameWithoutAnyEffect() {
        Policy untouched = Policies.retry()
                .breaker(Breakers.consecutive(1).build())
                .budget(0.2, 10)
                .policy()
                .untouched();

        assertThat(untouched.name()).isEqualTo("*");
        assertThat(untouched.inForce()).isFalse();
        assertThat(untouched.retry().enabled()).isFalse();
        assertThat(untouched.breaker().enabled()).isFalse();
        assertThat(untouched.budget().enabled()).isFalse();
        assertThat(untouched.fallback().enabled()).isFalse();
    }

    @Test
    void hedgesByWhatIsObservedOnlyWhereNoDelayIsWritten() {
        assertThat(new HedgePolicy(true, 0).byQuantile()).isTrue();
        assertThat(new HedgePolicy(true, 1).byQuantile()).isFalse();
        assertThat(HedgePolicy.NONE.byQuantile()).isFalse();
    }

    private static Route route(String path, Policy policy, String... methods) {
        return new Route(RoutePattern.parse(path, Set.of(methods)), policy);
    }
}
