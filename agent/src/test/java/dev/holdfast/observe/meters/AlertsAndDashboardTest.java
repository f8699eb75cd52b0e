package dev.holdfast.observe.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules and the dashboard that are shipped, against what there is to scrape. */
class AlertsAndDashboardTest {
    private static final Path EXAMPLES =
            Path.of("../config-examples").toAbsolutePath().normalize();
    private static final Pattern METRIC =
            Pattern.compile("\\b(retry|circuit_breaker|fallback|holdfast)_[a-z_]+(?=[{\\[) ,*]| offset| >| ==|$)");

    @Test
    void promtool_finds_nothing_wrong_with_the_rules() throws Exception {
        Tool.Ended ended = promtool("check", "rules", EXAMPLES.resolve("prometheus-rules.yaml"));

        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("SUCCESS: 6 rules found");
    }

    @Test
    void each_alert_fires_where_it_should_and_not_where_it_should_not() throws Exception {
        Path tests = EXAMPLES.resolve("prometheus-rules-test.yaml");
        Tool.Ended ended = promtool("test", "rules", tests);

        assertThat(ended.exit()).as(ended.output()).isZero();
        Set<String> alerts = found(Pattern.compile("alert: (\\w+)"), "prometheus-rules.yaml");
        assertThat(found(Pattern.compile("alertname: (\\w+)"), "prometheus-rules-test.yaml"))
                .hasSize(6)
                .isEqualTo(alerts);
    }

    @Test
    void promtool_finds_nothing_wrong_with_a_scrape() throws Exception {
        byte[] scrape = new Scrape(Everything::happened).text(null).body();
        Tool.Ended ended = Tool.orSkip("promtool", "prometheus").run(scrape, "check", "metrics");

        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus-rules.yaml", "grafana-dashboard.json"})
    void every_metric_that_is_mentioned_is_in_a_scrape(String file) throws IOException {
        byte[] scrape = new Scrape(Everything::happened).text(null).body();
        Set<String> scraped =
                Samples.of(new String(scrape, StandardCharsets.UTF_8)).names();

        Set<String> mentioned = new TreeSet<>();
        Files.readString(EXAMPLES.resolve(file))
                .lines()
                .filter(line -> !line.contains("description") && !line.strip().startsWith("#"))
                .forEach(line -> METRIC.matcher(line).results().forEach(match -> mentioned.add(match.group())));

        assertThat(mentioned).hasSizeGreaterThan(6).isSubsetOf(scraped);
    }

    private static Set<String> found(Pattern pattern, String file) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(Files.readString(EXAMPLES.resolve(file)));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Tool.Ended promtool(String command, String what, Path file) throws Exception {
        return Tool.orSkip("promtool", "prometheus").run(new byte[0], command, what, file.toString());
    }
}
