package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A call that failed, and is made again by whoever made it: a layer above retries as well. */
class NestedRetryTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Origin ORIGIN = new Origin("https", "api.example", 443);

    private PolicyTarget target =
            new PolicyTarget(Policies.retry().maxRetries(1).budget(0.5, 1).policy(), ORIGIN, null, new Recorder(), 0);
    private final List<String> layers = new ArrayList<>();
    private int nested;

    @Test
    void the_same_call_again_is_a_nested_retry_and_is_paid_from_the_budget() {
        fail(call("GET", 7));
        double before = target.budget().balance(0);

        session(call("GET", 7)).begin(0);

        assertThat(nested).isEqualTo(1);
        assertThat(target.budget().balance(0)).isEqualTo(before - 1);
    }

    @Test
    void an_empty_budget_does_not_stop_it_but_our_own_retries() {
        use(Policies.retry().maxRetries(1).budget(0.5, 0).policy());
        succeed(call("GET", 1), 0);
        succeed(call("GET", 2), 0);
        fail(call("GET", 7)); // two calls that ended well: one retry in vain
        double before = target.budget().balance(0);

        Session again = session(call("GET", 7));
        assertThat(again.begin(0)).isInstanceOf(Step.Send.class);

        assertThat(nested).isEqualTo(1);
        assertThat(target.budget().balance(0)).isEqualTo(before);
        assertThat(after(again, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);
        session(call("GET", 7)).begin(0);
        assertThat(nested)
                .as("a call that the budget alone kept from being retried is one too")
                .isEqualTo(2);
    }

    @Test
    void where_nothing_is_retried_here_nothing_multiplies() {
        use(Policies.retry().maxRetries(0).policy());
        Session session = session(call("GET", 7));
        session.begin(0);
        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);

        session(call("GET", 7)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void a_layer_that_gives_up_is_reported_when_the_call_is_not_made_again() {
        for (int i = 0; i < 3; i++) {
            fail(call("GET", 7));
        }
        target.reportRetryLayers(5 * SECOND);
        assertThat(layers).isEmpty();

        target.reportRetryLayers(5 * SECOND + 1);
        target.reportRetryLayers(20 * SECOND);

        assertThat(layers).containsExactly("the.Caller");
    }

    @Test
    void a_layer_whose_call_succeeds_at_last_is_reported_too() {
        fail(call("GET", 7));
        fail(call("GET", 7));
        succeed(call("GET", 7), SECOND);

        target.reportRetryLayers(6 * SECOND + 1);

        assertThat(layers).containsExactly("the.Caller");
    }

    @Test
    void a_poll_that_goes_on_after_a_success_is_not_reported() {
        for (int second = 0; second < 4; second++) {
            fail(call("GET", 7));
        }
        succeed(call("GET", 7), SECOND);
        succeed(call("GET", 7), 2 * SECOND);

        target.reportRetryLayers(60 * SECOND);

        assertThat(layers).isEmpty();
    }

    @Test
    void a_resource_that_is_looked_up_twice_is_not_reported() {
        fail(call("HEAD", 7));
        fail(call("HEAD", 7));

        target.reportRetryLayers(60 * SECOND);

        assertThat(layers).isEmpty();
    }

    @Test
    void a_series_whose_last_call_is_under_way_is_not_reported_yet() {
        fail(call("GET", 7));
        fail(call("GET", 7));
        Session last = session(call("GET", 7));
        last.begin(SECOND);

        target.reportRetryLayers(30 * SECOND);
        assertThat(layers).isEmpty();
        last.cancel(31 * SECOND);
        target.reportRetryLayers(37 * SECOND);

        assertThat(layers).containsExactly("the.Caller");
    }

    @Test
    void another_request_or_another_caller_is_none() {
        fail(call("GET", 7));

        session(call("GET", 8)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void one_that_comes_later_is_none() {
        fail(call("GET", 7));

        session(call("GET", 7)).begin(5 * SECOND + 1);

        assertThat(nested).isZero();
    }

    @Test
    void one_whose_caller_is_not_known_is_none() {
        fail(call("GET", 0));

        session(call("GET", 0)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void a_call_that_ended_well_in_the_end_is_none() {
        Session session = session(call("GET", 7));
        session.begin(0);
        after(session, status(503), 0);
        session.resume(0);
        after(session, status(200), 0);

        session(call("GET", 7)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void what_is_never_retried_here_is_not_multiplied_by_a_layer_that_does() {
        Session session = session(call("POST", 7));
        session.begin(0);
        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);

        session(call("POST", 7)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void a_failure_that_no_retry_was_wanted_for_is_none() {
        Session session = session(call("GET", 7));
        session.begin(0);
        after(session, status(501), 0);
        session(call("GET", 7)).begin(0);
        Session other = session(call("GET", 7));
        other.begin(0);
        after(other, new Outcome.Failure(new IOException(), ErrorKind.OTHER, false), 0);

        session(call("GET", 7)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void where_nothing_is_carried_out_nothing_is_multiplied() {
        use(Policies.retry().maxRetries(1).policy(Mode.OBSERVE));
        Session session = session(call("GET", 7));
        session.begin(0);
        after(session, status(503), 0);

        session(call("GET", 7)).begin(0);

        assertThat(nested).isZero();
    }

    @Test
    void a_call_whose_fallback_runs_has_not_failed_before_that_has() {
        use(Policies.retry()
                .maxRetries(1)
                .fallback(Fallbacks.defaultValue(200, Map.of(), "spare"))
                .policy());
        Session session = session(call("GET", 7));
        session.begin(0);
        after(session, status(503), 0);
        session.resume(0);
        after(session, status(503), 0);

        session(call("GET", 7)).begin(0);
        assertThat(nested).isZero();

        session.fallbackFailed(0);
        session(call("GET", 7)).begin(0);
        assertThat(nested).isEqualTo(1);
    }

    @Test
    void a_call_that_a_fallback_answered_did_not_fail() {
        use(Policies.retry()
                .maxRetries(1)
                .fallback(Fallbacks.defaultValue(200, Map.of(), "spare"))
                .policy());
        Session session = session(call("GET", 7));
        session.begin(0);
        after(session, status(503), 0);
        session.resume(0);
        Step.FallBack step = (Step.FallBack) after(session, status(503), 0);
        session.fellBack(FallbackPolicy.Strategy.DEFAULT_VALUE, step.reason(), 0L);

        session(call("GET", 7)).begin(0);

        assertThat(nested).isZero();
    }

    private void fail(CallInfo call) {
        Session session = session(call);
        session.begin(0);
        assertThat(after(session, status(503), 0)).isInstanceOf(Step.Wait.class);
        session.resume(0);
        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);
    }

    private void succeed(CallInfo call, long now) {
        Session session = session(call);
        session.begin(now);
        assertThat(after(session, status(200), now)).isSameAs(Step.Deliver.INSTANCE);
    }

    private void use(Policy policy) {
        target = new PolicyTarget(policy, ORIGIN, null, new Recorder(), 0);
    }

    private Session session(CallInfo call) {
        return new Session(target, call, new CallEnvironment(new Random(1), () -> 0));
    }

    private static CallInfo call(String method, long fingerprint) {
        return new CallInfo() {
            @Override
            public Client client() {
                return Client.of("java.net.http");
            }

            @Override
            public String method() {
                return method;
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
            public long fingerprint() {
                return fingerprint;
            }
        };
    }

    private final class Recorder implements Observer {
        @Override
        public void nestedRetry(PolicyTarget t, CallInfo call) {
            nested++;
        }

        @Override
        public String caller() {
            return "the.Caller";
        }

        @Override
        public void retryLayer(PolicyTarget t, String caller) {
            layers.add(caller);
        }
    }
}
