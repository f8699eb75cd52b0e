package dev.holdfast.observe.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules and the dashboard that are shipped, against what there is to scrape. */
class AlertsAndDashboardTest {
    private static final Path EXAMPLES =
            Path.of("../../config-examples").toAbsolutePath().normalize();
    private static final Path RUNBOOK =
            Path.of("../../docs/runbook.md").toAbsolutePath().normalize();
    private static final Pattern METRIC =
            Pattern.compile("\\b(retry|circuit_breaker|fallback|holdfast)_[a-z0-9_]+(?=[{\\[) ,*]| offset| >| ==|$)");
    private static final Pattern ALERT = Pattern.compile("alert: (\\w+)");
    private static final int ALERTS = 10;

    @Test
    void promtool_finds_nothing_wrong_with_the_rules() throws Exception {
        Tool.Ended ended = promtool("check", "rules", EXAMPLES.resolve("prometheus-rules.yaml"));

        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("SUCCESS: " + (ALERTS + 1) + " rules found");
    }

    @Test
    void each_alert_fires_where_it_should_and_not_where_it_should_not() throws Exception {
        Path tests = EXAMPLES.resolve("prometheus-rules-test.yaml");
        Tool.Ended ended = promtool("test", "rules", tests);

        assertThat(ended.exit()).as(ended.output()).isZero();
        Set<String> alerts = found(ALERT, EXAMPLES.resolve("prometheus-rules.yaml"));
        assertThat(found(Pattern.compile("alertname: (\\w+)"), EXAMPLES.resolve("prometheus-rules-test.yaml")))
                .hasSize(ALERTS)
                .isEqualTo(alerts);
    }

    @Test
    void each_alert_is_tested_firing_and_quiet() throws IOException {
        String tests = Files.readString(EXAMPLES.resolve("prometheus-rules-test.yaml"));

        for (String alert : found(ALERT, EXAMPLES.resolve("prometheus-rules.yaml"))) {
            String[] evaluations = tests.split("alertname: " + alert + "\\b");
            assertThat(Arrays.stream(evaluations)
                            .skip(1)
                            .map(after -> after.strip().startsWith("exp_alerts:")))
                    .as(alert)
                    .contains(true, false);
        }
    }

    @Test
    void each_alert_links_to_its_section_of_the_runbook() throws IOException {
        List<String> rules = Files.readAllLines(EXAMPLES.resolve("prometheus-rules.yaml"));
        Set<String> alerts = new TreeSet<>();
        Set<String> links = new TreeSet<>();
        for (String line : rules) {
            Matcher alert = ALERT.matcher(line);
            if (alert.find()) {
                alerts.add(alert.group(1));
                links.add("runbook_url: docs/runbook.md#" + alert.group(1).toLowerCase(Locale.ROOT));
            }
        }

        assertThat(rules.stream().map(String::strip).filter(line -> line.startsWith("runbook_url")))
                .containsExactlyInAnyOrderElementsOf(links);
        String[] sections = Files.readString(RUNBOOK).split("(?m)^## ");
        assertThat(Arrays.stream(sections)
                        .skip(1)
                        .map(section -> section.lines().findFirst().orElseThrow()))
                .containsExactlyInAnyOrderElementsOf(alerts);
        assertThat(Arrays.stream(sections).skip(1))
                .allSatisfy(section ->
                        assertThat(section).contains("**Meaning.**", "**Confirm.**", "**Do.**", "**Harmless when**"));
    }

    @Test
    void what_the_meters_page_says_makes_rules_for_the_applications_registry(@TempDir Path directory) throws Exception {
        Matcher command = Pattern.compile("sed -E 's/(.*)/(.*)/g' prometheus-rules.yaml")
                .matcher(Files.readString(Path.of("../../docs/meters.md")));
        assertThat(command.find()).isTrue();
        Pattern names = Pattern.compile(command.group(1));
        String replacement = command.group(2).replace("\\1", "$1");
        for (String file : List.of("prometheus-rules.yaml", "prometheus-rules-test.yaml")) {
            String text = Files.readString(EXAMPLES.resolve(file));
            Files.writeString(directory.resolve(file), names.matcher(text).replaceAll(replacement));
        }

        Tool.Ended ended = promtool("test", "rules", directory.resolve("prometheus-rules-test.yaml"));

        assertThat(ended.exit()).as(ended.output()).isZero();
        Set<String> there = new TreeSet<>();
        for (Meter meter : Meter.values()) {
            String name = meter.idInApplication().replace('.', '_');
            there.add(
                    meter.kind() == Meter.Kind.COUNTER && meter.unit().isEmpty()
                            ? name + "_total"
                            : meter.unit().isEmpty() ? name : name + '_' + meter.unit());
        }
        assertThat(mentioned(directory.resolve("prometheus-rules.yaml")))
                .hasSizeGreaterThan(6)
                .allSatisfy(name -> assertThat(there).contains(name.replaceFirst("_(sum|count)$", "")));
    }

    @Test
    void promtool_finds_nothing_wrong_with_a_scrape() throws Exception {
        byte[] scrape = new Scrape(AllMeters::happened).text(null).body();
        Tool.Ended ended = Tool.orSkip("promtool", "prometheus").run(scrape, "check", "metrics");

        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../config-examples/prometheus-rules.yaml",
                "../../config-examples/prometheus-rules-test.yaml",
                "../../config-examples/grafana-dashboard.json",
                "../../docs/runbook.md"
            })
    void every_metric_that_is_mentioned_is_in_a_scrape(String file) throws IOException {
        byte[] scrape = new Scrape(AllMeters::happened).text(null).body();
        Set<String> scraped =
                Samples.of(new String(scrape, StandardCharsets.UTF_8)).names();

        assertThat(mentioned(Path.of(file))).hasSizeGreaterThan(6).isSubsetOf(scraped);
    }

    private static Set<String> mentioned(Path file) throws IOException {
        Set<String> mentioned = new TreeSet<>();
        Files.readString(file)
                .lines()
                .filter(line -> !line.contains("description") && !line.strip().startsWith("#"))
                .forEach(line -> METRIC.matcher(line).results().forEach(match -> mentioned.add(match.group())));
        return mentioned;
    }

    private static Set<String> found(Pattern pattern, Path file) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Tool.Ended promtool(String command, String what, Path file) throws Exception {
        return Tool.orSkip("promtool", "prometheus").run(new byte[0], command, what, file.toString());
    }
}
