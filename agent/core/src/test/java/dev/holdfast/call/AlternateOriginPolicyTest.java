package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.BreakerPolicy.Forced;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests when a request may go to another origin, what counts as an answer there, and what rules that request has. */
class AlternateOriginPolicyTest {
    private static final FallbackPolicy DEGRADED = new FallbackPolicy(
            List.of(Strategy.DEGRADED),
            Set.of(418),
            Set.of(),
            Set.of(),
            CachePolicy.NONE,
            List.of(),
            new DegradedPolicy("http://other.example", Duration.ofSeconds(2).toNanos(), false));

    private final Policy policy = Policies.retry()
            .maxRetries(0)
            .breaker(Breakers.consecutive(1).forced(Forced.OPEN).build())
            .budget(0.2, 10)
            .fallback(DEGRADED)
            .policy();
    private final PolicyTargets targets = new PolicyTargets(Observer.NONE);
    private final Engine engine = new FakeTime().engine(policy, targets);
    private final SessionTest.Call call = new SessionTest.Call("GET");

    @Test
    void theRequestHasOneAttemptWithATimeAndABreakerOfItsOwn() {
        Session session = engine.alternateOrigin(policy, call, URI.create("http://OTHER.example:8080/x"));
        assertThat(session.begin(0)).isEqualTo(new Step.Send(1, 2_000_000_000L));
        assertThat(after(session, status(503), 1)).isSameAs(Step.Deliver.INSTANCE);
        PolicyTarget target = targets.all().iterator().next();
        assertThat(target.origin()).isEqualTo(new Origin("http", "other.example", 8080));
        assertThat(target.policy()).isEqualTo(policy.forAlternateOrigin());
        assertThat(target.policy().name()).isEqualTo("* (degraded)");
        assertThat(target.policy().mode()).isEqualTo(Mode.ENFORCE);
        assertThat(target.policy().fallback().enabled()).isFalse();
        assertThat(target.policy().retry().enabled()).isFalse();
        assertThat(target.budget()).isNull();
        // Its failure has opened it; what forces the other's breaker is none of its business.
        assertThat(engine.alternateOrigin(policy, call, URI.create("http://other.example:8080/y"))
                        .begin(2))
                .isInstanceOf(Step.Reject.class);
    }

    @Test
    void schemeAndPortAreThoseOfTheUrl() {
        engine.alternateOrigin(policy, call, URI.create("https://one.example/"));
        engine.alternateOrigin(policy, call, URI.create("http://two.example/"));
        engine.alternateOrigin(policy, call, URI.create("HTTPS://three.example:0/"));
        assertThat(targets.all())
                .extracting(PolicyTarget::origin)
                .containsExactlyInAnyOrder(
                        new Origin("https", "one.example", 443),
                        new Origin("http", "two.example", 80),
                        new Origin("https", "three.example", 0));
        assertThat(targets.find("* (degraded)", new Origin("http", "two.example", 80)))
                .isNotNull();
        assertThat(targets.find("*", new Origin("http", "two.example", 80))).isNull();
    }

    @Test
    void itIsSafeByTheRulesOfARetry() {
        assertThat(ended("GET", status(503)).maySendToAlternateOrigin()).isTrue();
        assertThat(ended("POST", status(503)).maySendToAlternateOrigin()).isFalse();
        assertThat(ended("POST", new Outcome.Failure(new ConnectException(), ErrorKind.CONNECTION_REFUSED, true))
                        .maySendToAlternateOrigin())
                .isTrue();
        assertThat(ended("POST", new Outcome.Failure(new ConnectException(), ErrorKind.CONNECTION_RESET, false))
                        .maySendToAlternateOrigin())
                .isFalse();
        assertThat(session("POST").maySendToAlternateOrigin())
                .as("rejected before anything was sent")
                .isTrue();
        call.replayable = false;
        assertThat(ended("GET", status(503)).maySendToAlternateOrigin()).isFalse();
    }

    @Test
    void aResponseIsGoodThatSucceedsAndWouldNotAskForAFallbackItself() {
        Session session = session("GET");
        for (int good : new int[] {200, 204, 301, 304, 399}) {
            assertThat(session.isGoodFromAlternateOrigin(status(good)))
                    .as("%d", good)
                    .isTrue();
        }
        for (int bad : new int[] {400, 401, 403, 404, 407, 410, 418, 429, 500, 501, 503}) {
            assertThat(session.isGoodFromAlternateOrigin(status(bad)))
                    .as("%d", bad)
                    .isFalse();
        }
    }

    @Test
    void onlyItsStrategyUsesIt() {
        assertThat(DEGRADED.usesDegraded()).isTrue();
        assertThat(FallbackPolicy.NONE.usesDegraded()).isFalse();
    }

    private Session ended(String method, Outcome outcome) {
        Session session = session(method);
        session.begin(0);
        after(session, outcome, 0);
        return session;
    }

    private Session session(String method) {
        call.method = method;
        PolicyTarget target = new PolicyTarget(
                Policies.retry().maxRetries(0).fallback(DEGRADED).policy(),
                new Origin("http", "localhost", 80),
                null,
                Observer.NONE,
                0);
        return new Session(target, call, new CallEnvironment(new java.util.Random(1), () -> 0));
    }
}
