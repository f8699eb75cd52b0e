package dev.holdfast.observe.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A scrape from the packaged jar, on every JDK. */
class ScrapeIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void is_served_by_what_is_packed_and_starts_nobodys_logging(Jdks.Jdk jdk) throws IOException {
        Path loaded = directory.resolve("loaded.txt");
        Result result = new ForkedJvm(jdk)
                .jvm("-Xlog:class+load:file=" + loaded)
                .classPath("target/test-classes" + File.pathSeparator + ForkedJvm.agentJar())
                .main(ScrapedProgram.class)
                .run()
                .succeeded();

        assertThat(result.err()).isEmpty();
        assertThat(result.lines())
                .contains("text/plain; version=0.0.4; charset=utf-8")
                .anyMatch(line -> line.matches("holdfast_build_info\\{configuration=\"holdfast.toml\","
                        + "configuration_sha256=\"c0ffee000000\",host=\"[\\w.-]+\",pid=\"\\d+\",program=\""
                        + ScrapedProgram.class.getName() + "\",started=\"20[^\"]+Z\",version=\"1.2.3\"} 1"))
                .contains("application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF")
                .endsWith("done");
        assertThat(Files.readString(loaded))
                .contains("io.micrometer.prometheusmetrics.PrometheusMeterRegistry")
                .doesNotContain("java.util.logging.LogManager")
                .doesNotContain("java.lang.System$Logger ");
    }
}
