package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Timer;
import dev.holdfast.inventory.LoadedClients;
import dev.holdfast.observe.CoverageGaps;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.testkit.ToyClasses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CoverageMonitorTest {
    private final PolicyTargets targets = new PolicyTargets(Observer.NONE);
    private final Engine engine = new Engine(
            new PolicyTable<>(
                    Map.of(HostPattern.parse("shop.example"), Policies.retry().policy())),
            targets,
            new Timer());
    private final List<Class<?>> loaded = new ArrayList<>();
    private final Map<String, String> properties = new HashMap<>();
    private final List<LogEntry> said = new ArrayList<>();
    private int looks;
    private long now = TimeUnit.HOURS.toNanos(1);
    private final CoverageMonitor watch = new CoverageMonitor(
            targets.unmatched(),
            targets.proxies(),
            new LoadedClients(() -> {
                looks++;
                return loaded.toArray(Class<?>[]::new);
            }),
            name -> properties.getOrDefault(name, ""),
            new Log(said::add, () -> now),
            () -> now);

    @Test
    void each_gap_is_said_once_and_not_at_the_start() {
        engine.target("http", "pay.example", 80);
        engine.target("https", "mail.example", 443);
        targets.proxies().note("proxy.example:3128");
        loaded.add(ToyClasses.load("com.vendor.asynchttpclient.netty.NettyResponseFuture"));

        pass(4);
        assertThat(said).isEmpty();
        assertThat(looks).isZero();
        pass(600);

        assertThat(said)
                .extracting(entry -> entry.level() + " " + entry.message())
                .containsExactly(
                        "INFO no policy matches http://pay.example:80, https://mail.example:443: calls to them run"
                                + " unmodified",
                        "WARN the program uses async-http-client (com.vendor.asynchttpclient.netty): Holdfast does"
                                + " not cover it,"
                                + " its requests get no policy",
                        "INFO HTTP proxy in use: proxy.example:3128");
    }

    @Test
    void the_busiest_host_comes_first() {
        engine.target("http", "a.example", 80);
        engine.target("http", "c.example", 80);
        engine.target("http", "b.example", 80);
        engine.target("http", "c.example", 80);

        assertThat(watch.get().hosts())
                .extracting(CoverageGaps.Unmatched::toString)
                .containsExactly(
                        "http://c.example:80 (2 calls)",
                        "http://a.example:80 (1 call)",
                        "http://b.example:80 (1 call)");
    }

    @Test
    void what_comes_later_is_said_later() {
        engine.target("http", "pay.example", 80);
        pass(5);
        engine.target("http", "mail.example", 80);
        pass(20);

        assertThat(said)
                .extracting(LogEntry::message)
                .containsExactly(
                        "no policy matches http://pay.example:80: calls to it run unmodified",
                        "no policy matches http://mail.example:80: calls to it run unmodified");
    }

    @Test
    void looks_grow_rare() {
        pass(24 * 3_600);

        assertThat(looks).isBetween(144, 160);
    }

    @Test
    void who_asks_gets_a_look_that_is_a_minute_old_at_most() {
        watch.get();
        assertThat(looks).as("at the start").isZero();
        pass(6_000);
        int before = looks;
        for (int i = 0; i < 120; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            watch.get();
        }

        assertThat(looks - before).isBetween(1, 3);
    }

    @Test
    void the_end_of_a_short_program_is_soon_enough() {
        loaded.add(ToyClasses.load("org.apache.http.impl.nio.client.AbstractClientExchangeHandler"));

        watch.lastLook();

        assertThat(said)
                .singleElement()
                .satisfies(entry -> assertThat(entry.event()).isEqualTo("client_not_covered"));
        assertThat(watch.get().clients())
                .containsExactly(new CoverageGaps.Uncovered(
                        "Apache HttpAsyncClient 4", "org.apache.http.impl.nio.client", null));
    }

    @Test
    void a_proxy_of_the_system_properties_is_one_without_credentials() {
        properties.put("http.proxyHost", "a.example");
        properties.put("https.proxyHost", "user:secret@b.example");
        properties.put("https.proxyPort", "3128");

        assertThat(watch.get().proxies()).containsExactly("a.example:80");
    }

    /** A tick each second. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            watch.tick();
        }
    }
}
