package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadProtectionCheckTest {
    @Test
    void warnsOfABudgetThatForbidsEveryRetry() throws ConfigException {
        String budget = "[retry.budget]\nratio = 0\nmin_per_second = 0\n";

        assertThat(ConfigLoader.parse(budget, "t.toml").warnings())
                .singleElement()
                .hasToString("t.toml:3:1: retry.budget.min_per_second: with ratio = 0 and min_per_second = 0 the budget"
                        + " forbids every retry; write max_retries = 0 if that is meant, or enabled = false to have no"
                        + " budget");
        assertThat(ConfigLoader.parse("[retry]\nmax_retries = 0\n" + budget, "t.toml")
                        .warnings())
                .isEmpty();
        assertThat(ConfigLoader.parse(budget + "enabled = false\n", "t.toml").warnings())
                .isEmpty();
    }

    @Test
    void notesThatACallAloneHasFewerRetriesThanItMay() throws ConfigException {
        String four = "[retry]\nmax_retries = 4\n";

        assertThat(ConfigLoader.parse(four, "t.toml").notes())
                .singleElement()
                .hasToString(
                        "t.toml:2:1: retry.max_retries: where no calls succeed beside it, a call has 3 retries in 30s"
                                + " from the budget, fewer than max_retries = 4; set retry.budget.min_per_second"
                                + " for more");
        assertThat(ConfigLoader.parse("[retry]\nmax_retries = 3\n", "t.toml").notes())
                .isEmpty();
        assertThat(ConfigLoader.parse(four + "[retry.budget]\nmin_per_second = 0.1\n", "t.toml")
                        .notes())
                .isEmpty();
        assertThat(ConfigLoader.parse(four + "[retry.budget]\nenabled = false\n", "t.toml")
                        .notes())
                .isEmpty();
    }

    @Test
    void aMinimumThatIsNotWrittenGivesWayToASmallerWindow() throws ConfigException {
        assertThat(ConfigLoader.parse("""
                        [retry.circuit_breaker]
                        enabled = true
                        failure_rate_threshold = 0.5
                        sliding_window = 20
                        """, "t.toml").warnings()).isEmpty();
    }
}
