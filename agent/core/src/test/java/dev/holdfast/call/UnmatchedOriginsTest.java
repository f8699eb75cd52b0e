package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnmatchedOriginsTest {
    private final PolicyTargets targets = new PolicyTargets(Observer.NONE);

    @Test
    void each_call_of_an_origin_that_no_pattern_matches_is_counted() {
        Engine engine = engine("shop.example", Policies.retry().policy());
        engine.target("http", "shop.example", 80);
        engine.target("https", "pay.example", -1);
        engine.target("HTTPS", "PAY.example.", 443);
        engine.target("https", "pay.example", -1);
        engine.target("http", "[::1]", 8080);

        assertThat(targets.unmatched().calls())
                .isEqualTo(Map.of("https://pay.example:443", 3L, "http://[::1]:8080", 1L));
        assertThat(targets.unmatched().callsOfOthers()).isZero();
    }

    @Test
    void a_policy_that_is_off_is_meant_so() {
        Engine engine = engine("shop.example", Policies.retry().policy(Mode.OFF));
        assertThat(engine.target("http", "shop.example", 80)).isNull();

        assertThat(targets.unmatched().calls()).isEmpty();
    }

    @Test
    void their_number_is_bounded_and_the_calls_of_the_others_are_counted_together() {
        Engine engine = engine("shop.example", Policies.retry().policy());
        for (int i = 0; i < 3 * Engine.MAX_HOSTS; i++) {
            engine.target("http", "flood" + i + ".example", 80);
        }

        assertThat(targets.unmatched().calls()).hasSize(UnmatchedOrigins.MAX);
        assertThat(targets.unmatched().callsOfOthers()).isEqualTo(3L * Engine.MAX_HOSTS - UnmatchedOrigins.MAX);
    }

    @Test
    void what_may_be_user_information_is_shown_nowhere() {
        Engine engine = engine("shop.example", Policies.retry().policy());
        engine.target("http", "user:secret@pay.example", 80);
        engine.target("http", "pay.example/secret", 80);
        engine.target("http", "pay example?secret", 80);

        assertThat(targets.unmatched().calls()).isEmpty();
        assertThat(targets.unmatched().callsOfOthers()).isEqualTo(3);
    }

    @Test
    void one_that_a_changed_configuration_matches_is_one_no_more() {
        Engine before = engine("shop.example", Policies.retry().policy());
        before.target("http", "pay.example", 80);
        before.target("http", "mail.example", 80);

        Engine after = engine("pay.example", Policies.retry().policy());
        assertThat(targets.unmatched().calls()).containsOnlyKeys("http://mail.example:80");
        after.target("http", "mail.example", 80);

        assertThat(targets.unmatched().calls()).containsEntry("http://mail.example:80", 2L);
    }

    @Test
    void calls_of_many_threads_are_all_counted() throws InterruptedException {
        Engine engine = engine("shop.example", Policies.retry().policy());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < 10_000; j++) {
                    engine.target("http", "pay.example", 80);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(targets.unmatched().calls()).containsEntry("http://pay.example:80", 40_000L);
    }

    @Test
    void proxies_are_kept_once_and_without_anything_but_host_and_port() {
        ProxiesInUse proxies = targets.proxies();
        for (String address : new String[] {"b:3128", "a.example:80", "b:3128", "[::1]:80", "user:secret@c:80", null}) {
            proxies.note(address);
        }

        assertThat(proxies.addresses()).containsExactly("[::1]:80", "a.example:80", "b:3128");
        for (int i = 0; i < 100; i++) {
            proxies.note("p" + i + ":80");
        }
        assertThat(proxies.addresses()).hasSize(ProxiesInUse.MAX);
    }

    private Engine engine(String pattern, Policy policy) {
        return new Engine(new PolicyTable<>(Map.of(HostPattern.parse(pattern), policy)), targets, new Timer());
    }
}
