package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.RetryCondition.Action;
import dev.holdfast.policy.RetryCondition.HeaderPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Tests that one condition of a policy decides, the first that holds, whatever they are. */
class ConditionProperties {
    private static final List<String> METHODS = List.of("GET", "PUT", "POST");
    private static final List<String> TEXTS = List.of("0", "a", "*", "A*", "*b*", "ab");
    private static final List<String> BODIES = List.of("ab", "{\"a\":\"ab\"}", "{\"a\":0}", "[]", "");
    private static final int[] STATUSES = {200, 204, 302, 403, 429, 503};

    private static RetryCondition condition(Random random) {
        Set<Integer> statuses = random.nextBoolean() ? Set.of() : Set.of(STATUSES[random.nextInt(STATUSES.length)]);
        Set<String> methods = random.nextBoolean() ? Set.of() : Set.of(METHODS.get(random.nextInt(3)));
        List<HeaderPattern> headers = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add(new HeaderPattern("h" + random.nextInt(2), List.of(pattern(random), pattern(random))));
        }
        BodyPattern body = switch (random.nextInt(4)) {
            case 0 -> new BodyPattern(List.of(pattern(random)), List.of());
            case 1 ->
                new BodyPattern(
                        List.of(),
                        List.of(new BodyPattern.JsonPattern(
                                Objects.requireNonNull(JsonPointer.parse("/a")), List.of(pattern(random)))));
            default -> null;
        };
        Action action = Action.values()[random.nextInt(3)];
        return new RetryCondition(statuses, methods, headers, body, action, random.nextBoolean());
    }

    private static TextPattern pattern(Random random) {
        return TextPattern.of(TEXTS.get(random.nextInt(TEXTS.size())));
    }

    private static List<RetryCondition> conditions(Random random) {
        List<RetryCondition> conditions = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            conditions.add(condition(random));
        }
        return conditions;
    }

    private static RetryPolicy policy(List<RetryCondition> conditions) {
        return Policies.retry()
                .conditions(conditions.toArray(new RetryCondition[0]))
                .build();
    }

    private static TestResponse head(Random random) {
        Map<String, String> headers = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.put("h" + random.nextInt(2), " " + TEXTS.get(random.nextInt(TEXTS.size())));
        }
        return TestResponse.of(STATUSES[random.nextInt(STATUSES.length)], headers);
    }

    private static @Nullable RetryCondition first(
            List<RetryCondition> conditions, String method, ResponseView response) {
        return conditions.stream()
                .filter(condition -> condition.holds(method, response))
                .findFirst()
                .orElse(null);
    }

    @Property
    void theFirstThatHoldsDecidesAndNoOther(@ForAll long seed) {
        Random random = new Random(seed);
        List<RetryCondition> conditions = conditions(random);
        String method = METHODS.get(random.nextInt(3));
        TestResponse response = head(random).withBody(BODIES.get(random.nextInt(BODIES.size())));
        RetryCondition decides = first(conditions, method, response);

        assertThat(RetryRule.condition(policy(conditions), method, response)).isEqualTo(decides);
        List<RetryCondition> others = new ArrayList<>(conditions);
        others.removeIf(condition -> !condition.holds(method, response));
        assertThat(RetryRule.condition(policy(others), method, response))
                .as("those that do not hold")
                .isEqualTo(decides);
        if (decides != null) {
            others.addAll(conditions(random));
            assertThat(RetryRule.condition(policy(others), method, response))
                    .as("those behind it")
                    .isEqualTo(decides);
            assertThat(RetryRule.asksForRetry(policy(conditions), method, response))
                    .isEqualTo(decides.action() == Action.RETRY);
        }
    }

    @Property
    void aSuccessIsNeitherRetriedNorReplacedUnlessAConditionSaysSo(@ForAll long seed) {
        Random random = new Random(seed);
        List<RetryCondition> conditions = conditions(random);
        TestResponse response = head(random).withBody(BODIES.get(random.nextInt(BODIES.size())));
        RetryCondition decides = RetryRule.condition(policy(conditions), "PUT", response);

        if (response.status() < 400 && decides != null && !decides.evenIfSuccessful()) {
            assertThat(decides.action()).isEqualTo(Action.NO_RETRY);
        }
    }

    @Property
    void aBodyIsNeededWhereItMayChangeTheDecision(@ForAll long seed) {
        Random random = new Random(seed);
        RetryPolicy policy = policy(conditions(random));
        String method = METHODS.get(random.nextInt(3));
        TestResponse head = head(random);

        if (!RetryRule.needsBody(policy, method, head)) {
            RetryCondition decides = RetryRule.condition(policy, method, head);
            for (String body : BODIES) {
                assertThat(RetryRule.condition(policy, method, head.withBody(body)))
                        .isEqualTo(decides);
            }
        }
    }
}
