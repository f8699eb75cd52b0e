package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.Browser;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Running;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page, as somebody sees it in a browser who watches a program under the packaged agent. */
class PageIT {
    private static final Path PICTURES = Path.of("target", "page");

    @TempDir
    Path directory;

    private Browser browser;
    private Running jvm;
    private String url;

    @BeforeEach
    void open() throws IOException {
        browser = Browser.orSkip();
        Files.createDirectories(PICTURES);
        Path file = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 2
                initial_delay = "20ms"
                jitter = "full"
                [retry.circuit_breaker]
                enabled = true
                failure_rate_threshold = 0.8
                sliding_window = "5s"
                minimum_calls = 10
                timeout = "3s"
                [retry.budget]
                min_per_second = 100.0

                [hosts."search.shop.example".retry.fallback]
                strategy = "default_value"
                [hosts."search.shop.example".retry.fallback.default_value]
                body = "t0psecret"

                [hosts."inventory.shop.example".limits]
                max_rate = "5/s"
                max_wait = "0s"

                [hosts."mail.shop.example"]
                mode = "observe"

                [admin]
                listen = "127.0.0.1:0"
                """);
        Path hosts = Files.writeString(
                directory.resolve("hosts"),
                "127.0.0.1 localhost " + String.join(".shop.example ", WatchedProgram.SERVICES) + ".shop.example\n");
        List<Jdks.Jdk> jdks = Jdks.all();
        jvm = new ForkedJvm(jdks.get(jdks.size() - 1))
                .agent(file.toString())
                .jvm("-Djdk.net.hosts.file=" + hosts)
                .jvm("-Dhttps.proxyHost=proxy.example", "-Dhttps.proxyPort=3128") // nothing is called by https
                .main(WatchedProgram.class, "10")
                .start();
        url = "http://127.0.0.1:" + EndpointClient.port(jvm) + "/";
        browser.show(1280, 900, false);
        browser.open(url);
        eventually()
                .until(() -> browser.eval("document.querySelectorAll('#rows tr').length")
                                .asInt()
                        == 4);
    }

    @AfterEach
    void close() throws IOException {
        jvm.close();
        browser.close();
    }

    @Test
    void shows_a_failing_service_and_its_recovery_while_they_happen() throws IOException {
        eventually().until(() -> row("payments"), row -> row.contains("closed") && row.contains("100 % → 100 %"));

        jvm.tell("payments 0.5");
        eventually().until(() -> better(row("payments")));
        jvm.tell("payments 1");
        jvm.tell("search 1");
        jvm.tell("mail 0.3");
        eventually().until(() -> row("payments"), row -> row.contains("open") && row.contains("probe"));
        eventually().until(() -> row("search"), row -> row.matches("(?s).*open.*\\d+\\.\\d % → 100 %.*"));
        assertThat(row("mail")).contains("observe");
        assertThat(browser.text("#lanes")).contains("http://payments.shop.example", "open: ");

        jvm.tell("payments 0");
        jvm.tell("mail 0");
        jvm.tell("search 0.4");
        eventually().until(() -> row("payments"), row -> row.contains("closed"));
        eventually().until(() -> browser.text("#lanes"), lanes -> lanes.contains("closed: "));
        assertThat(browser.eval("document.querySelectorAll('#lanes rect.open').length")
                        .asInt())
                .isPositive();
        assertThat(browser.text("#overview"))
                .contains("Good without Holdfast", "Rejected by Holdfast", "later attempt");
        eventually().until(() -> browser.text("#gaps").contains("proxy.example:3128"));
        String program = WatchedProgram.class.getName();
        assertThat(browser.text("#who")).contains(program + ", PID " + jvm.pid() + " on ", ", started 20");
        assertThat(browser.eval("document.title").asString())
                .startsWith(program + " (" + jvm.pid() + ") on ")
                .endsWith(" · Holdfast");
        browser.eval("document.querySelector('#transitions-box').open = true");
        eventually().until(() -> browser.text("#transitions").contains("closed → open"));
        browser.eval("document.querySelector('#transitions-box').open = false");

        pictures();
        nothing_is_asked_of_others_said_in_the_console_or_told_that_is_secret();
    }

    @Test
    void what_holdfast_rejects_is_no_failure_of_a_healthy_origin() {
        eventually().until(() -> row("inventory"), row -> row.contains("rejected by Holdfast"));

        assertThat(row("inventory")).contains("100 % → 100 %");
        assertThat(browser.text("#good-before")).isEqualTo("100 %");
        assertThat(browser.text("#good-after")).isEqualTo("100 %");
        assertThat(browser.text("#failed")).startsWith("0");
        assertThat(browser.text("#compared")).matches("\\d+ of \\d+ calls are compared; of the others it is unknown");
        assertThat(browser.text("#rejected")).matches("(?s)[1-9]\\d*\\s+calls?");
        assertThat(browser.eval("getComputedStyle(document.querySelector('#rejected')).color")
                        .asString())
                .as("a colour of its own")
                .isNotIn(
                        browser.eval("getComputedStyle(document.querySelector('#failed')).color")
                                .asString(),
                        browser.eval("getComputedStyle(document.querySelector('#saved')).color")
                                .asString());
    }

    @Test
    void axe_core_finds_nothing_at_any_width_and_in_any_scheme() throws IOException {
        jvm.tell("payments 1");
        eventually().until(() -> row("payments"), row -> row.contains("open"));
        eventually().until(() -> row("inventory"), row -> row.contains("rejected by Holdfast"));
        browser.eval("document.querySelectorAll('#rows button.origin').forEach(button => button.click())");
        browser.eval("document.querySelector('#transitions-box').open = true");
        browser.eval("document.querySelector('#url').focus()");
        browser.type("http://search.shop.example/");
        browser.press("Enter");
        eventually().until(() -> browser.text("#explanation .verdict").startsWith("Policy "));
        eventually().until(() -> browser.text("#values").contains("retry.max_retries"));

        lookAt("while it goes on");
        jvm.end();
        eventually().until(() -> browser.text("#link").equals("no connection"));
        lookAt("without a connection");
    }

    private void lookAt(String when) throws IOException {
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1280, 390}) {
                browser.show(width, 900, dark);
                assertThat(browser.accessibilityViolations())
                        .as(when + ", " + width + (dark ? ", dark" : ", light"))
                        .isEmpty();
            }
        }
    }

    /** Returns whether more calls are good with the agent than would be without it. */
    private static boolean better(String row) {
        Matcher shares = Pattern.compile("([0-9.]+) % → ([0-9.]+) %").matcher(row);
        return shares.find() && Double.parseDouble(shares.group(1)) < Double.parseDouble(shares.group(2));
    }

    /** On a machine that may have much else to do. */
    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(40));
    }

    private String row(String service) {
        return browser.eval("[...document.querySelectorAll('#rows tr')].find(row => row.innerText.includes('http://"
                        + service + "'))?.innerText ?? ''")
                .asString();
    }

    private void pictures() throws IOException {
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1280, 390}) {
                browser.show(width, 900, dark);
                assertThat(browser.eval("document.documentElement.scrollWidth").asInt())
                        .as("nothing to be scrolled sideways")
                        .isLessThanOrEqualTo(width);
                browser.picture(
                        PICTURES.resolve((width > 600 ? "desktop" : "phone") + (dark ? "-dark" : "-light") + ".png"));
            }
        }
        browser.show(1280, 900, false);
    }

    private void nothing_is_asked_of_others_said_in_the_console_or_told_that_is_secret() {
        assertThat(browser.errors()).isEmpty();
        assertThat(browser.requests())
                .filteredOn(request -> !request.startsWith("data:") && !request.equals("about:blank"))
                .isNotEmpty()
                .allMatch(request -> request.startsWith(url));
        assertThat(browser.eval("document.documentElement.outerHTML").asString())
                .doesNotContain("t0psecret", "/v1/things");
    }

    @Test
    void can_be_used_by_keyboard() throws IOException {
        browser.press("Tab");
        assertThat(focused()).isEqualTo("Skip to the origins");
        browser.press("Enter");
        browser.press("Tab");
        assertThat(focused()).isEqualTo("in trouble only");
        browser.press("Tab");
        browser.type("mail");
        eventually()
                .until(() -> browser.eval("document.querySelectorAll('#rows tr').length")
                                .asInt()
                        == 1);
        browser.press("Tab");
        assertThat(focused()).isEqualTo("Origin");
        browser.press("Enter");
        assertThat(browser.eval("document.querySelector('th[data-sort=origin]').getAttribute('aria-sort')")
                        .asString())
                .isEqualTo("ascending");
        while (!focused().startsWith("http://mail")) {
            assertThat(focused()).as("on the way to the row").isNotEmpty();
            browser.press("Tab");
        }
        browser.press("Enter");
        assertThat(browser.text("#rows .detail")).contains("Calls since the start", "Breaker");
        assertThat(focused()).as("the row keeps the focus").startsWith("http://mail");
        browser.picture(PICTURES.resolve("detail.png"));
        browser.press("Enter");
        assertThat(browser.text("#rows .detail")).isEmpty();
    }

    private String focused() {
        return browser.eval("(e => e.labels?.[0]?.innerText.trim() || e.innerText)(document.activeElement)")
                .asString();
    }

    @Test
    void shows_which_line_each_value_comes_from() {
        assertThat(browser.text("#file")).contains("holdfast.toml");
        eventually().until(() -> browser.text("#values").contains("retry.max_retries"));
        assertThat(browser.text("#values")).contains("retry.max_retries\t2\tline 2");

        browser.eval("document.querySelector('#policy').value = 'search.shop.example'");
        browser.eval("document.querySelector('#policy').dispatchEvent(new Event('input'))");
        eventually().until(() -> browser.text("#values").contains("retry.fallback.default_value.body\t***\tline "));
        browser.eval("document.querySelector('#defaults').click()");
        eventually().until(() -> browser.text("#values").contains("retry.max_delay\t\"30s\"\tbuilt-in default"));
        nothing_is_asked_of_others_said_in_the_console_or_told_that_is_secret();
    }

    @Test
    void explains_which_rule_a_typed_url_comes_under() throws IOException {
        browser.eval("document.querySelector('#url').focus()");
        browser.type("http://user:t0psecret@search.shop.example/v1/things?key=t0psecret#t0psecret");
        browser.press("Enter");

        eventually().until(() -> browser.text("#explanation .verdict").equals("Policy search.shop.example applies."));
        assertThat(browser.text("#explanation"))
                .contains("for GET http://search.shop.example/v1/things")
                .contains("search.shop.example is more specific", "2 that do not match")
                .contains("retry.fallback.default_value.body\t***\tline ");
        assertThat(browser.requests()).noneMatch(request -> request.contains("t0psecret"));
        browser.picture(PICTURES.resolve("explanation.png"));

        browser.eval("document.querySelector('#url').select()");
        browser.type("ftp://search.shop.example/");
        browser.press("Enter");
        eventually().until(() -> browser.text("#explanation").equals("That is no http or https URL."));
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void says_when_the_jvm_is_gone() {
        assertThat(browser.text("#link")).isEqualTo("live");

        jvm.end();

        eventually().until(() -> browser.text("#link").equals("no connection"));
        assertThat(browser.text("#notices")).contains("The JVM has not answered since ");
        assertThat(row("payments")).as("what was known stays").contains("closed");
    }
}
