package dev.holdfast.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeavingTest {
    private static final String[] EVERY_ENTRY_ONCE = {
        "send /s true true",
        "status 204",
        "sendAsync /a true null",
        "status 204",
        "sendAsync /a true null",
        "status 204",
        "send /replace true true",
        "replaced INSTANCE",
        "sendAsync /replace true null",
        "replaced INSTANCE",
        "send /throw true true",
        "thrown ours",
        "opened http/x true null",
        "status 204",
        "opened http/x true DIRECT",
        "status 204",
        "opened https/ true null",
        "opened http true HTTP",
        "unwrap true",
        "tunnel true",
        "second hook refused",
        "second bridge false",
    };

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void each_entry_of_both_clients_passes_its_hook_once(Jdks.Jdk jdk) {
        assertThat(program(jdk).main(WeavingProgram.class).run().succeeded().lines())
                .containsExactly(EVERY_ENTRY_ONCE);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void classes_that_are_loaded_already_are_woven_too(Jdks.Jdk jdk) {
        assertThat(program(jdk)
                        .main(WeavingProgram.class, "late")
                        .run()
                        .succeeded()
                        .lines())
                .containsExactly(EVERY_ENTRY_ONCE);
    }

    private static ForkedJvm program(Jdks.Jdk jdk) {
        String bridge =
                Path.of("..", "bootstrap", "target", "bridge").toAbsolutePath().toString();
        return new ForkedJvm(jdk)
                .jvm("-Xverify:all", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                .classPath(System.getProperty("java.class.path") + File.pathSeparator + bridge);
    }
}
