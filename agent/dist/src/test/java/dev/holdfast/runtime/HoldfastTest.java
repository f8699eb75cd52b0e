package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Calls of a program that begin while the configuration is read. */
class HoldfastTest {
    @Test
    void aCallThatMeetsTheEndOfTheWaitRunsUnderThePolicies() {
        // Interpreted, as the start of a program is; compiled code is through in too few nanoseconds to be met.
        ForkedJvm.Result result = new ForkedJvm(Jdks.all().get(0))
                .classPath(System.getProperty("java.class.path"))
                .jvm("-Xint", "--patch-module", "java.base=" + Path.of("..", "bootstrap", "target", "bridge"))
                .jvm("--add-exports", "java.base/sun.net.www=ALL-UNNAMED")
                .main(FirstCalls.class, "200000")
                .run()
                .succeeded();

        assertThat(result.lines()).containsExactly("without policies: 0");
    }
}
