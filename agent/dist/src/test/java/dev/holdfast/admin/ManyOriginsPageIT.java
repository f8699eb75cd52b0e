package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.config.ConfigException;
import dev.holdfast.testkit.Browser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The live page before a hundred thousand origins. */
class ManyOriginsPageIT {
    private static final String ROWS = "document.querySelectorAll('#rows tr').length";

    @Test
    void shows_some_finds_all_that_are_listed_and_stays_small() throws IOException, ConfigException {
        ManyOrigins many = new ManyOrigins(100_000);
        try (Browser browser = Browser.orSkip();
                Server server = new Server(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        many.adminRoutes,
                        (what, cause) -> {
                            throw new AssertionError(what, cause);
                        },
                        ConnectionTimeouts.STANDARD)) {
            server.start();
            browser.show(1280, 900, false);
            browser.open("http://127.0.0.1:" + server.port() + "/");

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> browser.eval(ROWS).asInt() == 50);
            assertThat(browser.text("#origins-count"))
                    .startsWith("1,001, and ")
                    .contains(" more that are counted together");
            assertThat(browser.text("#rows tr")).as("the worst comes first").contains("open");
            browser.eval("document.querySelector('#more').click()");
            assertThat(browser.eval(ROWS).asInt()).isEqualTo(100);
            browser.eval("document.querySelector('#search').value = 'host777.'");
            long millis = browser.eval(
                            "(start => { document.querySelector('#search').dispatchEvent(new Event('input'));"
                                    + " return Math.round(performance.now() - start); })(performance.now())")
                    .asInt();
            assertThat(browser.eval(ROWS).asInt()).isEqualTo(1);
            assertThat(millis).as("milliseconds for a letter").isLessThan(500);
            assertThat(browser.eval("document.querySelectorAll('*').length").asInt())
                    .isLessThan(3_000);
            assertThat(browser.errors()).isEmpty();
            Files.createDirectories(Path.of("target", "page"));
            browser.eval("document.querySelector('#search').value = ''");
            browser.eval("document.querySelector('#search').dispatchEvent(new Event('input'))");
            browser.picture(Path.of("target", "page", "many-origins.png"));
        }
    }
}
