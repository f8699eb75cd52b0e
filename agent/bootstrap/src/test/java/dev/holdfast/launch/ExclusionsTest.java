package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExclusionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"1.8", "9", "11", "16", "", "unknown"})
    void an_older_java_is_told_what_is_needed(String specification) {
        assertThat(Exclusions.tooOld(specification)).contains("needs Java 17 or newer", "the program runs unmodified");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "21", "25", "30"})
    void a_new_enough_java_is_told_nothing(String specification) {
        assertThat(Exclusions.tooOld(specification)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "jdk.compiler, jdk.compiler/com.sun.tools.javac.Main -version",
        "jdk.jcmd, jdk.jcmd/sun.tools.jcmd.JCmd",
        "java.base, java.base/sun.security.tools.keytool.Main -list",
        "jdk.jartool, jdk.jartool/sun.tools.jar.Main",
        "'', com.sun.tools.javac.Main A.java",
    })
    void the_tools_of_the_jdk_are_known(String module, String command) {
        assertThat(Exclusions.jdkTool(module.isEmpty() ? null : module, command))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'', com.example.Main a b",
        "'', app.jar",
        "com.example.app, com.example.app/com.example.Main",
        "jdk.compiler, jdk.compiler/com.sun.tools.javac.launcher.Main Program.java",
        "jdk.compiler, jdk.compiler/com.sun.tools.javac.launcher.SourceLauncher Program.java",
    })
    void a_program_is_no_tool(String module, String command) {
        assertThat(Exclusions.jdkTool(module.isEmpty() ? null : module, command))
                .isFalse();
    }

    @Test
    void a_jvm_without_a_command_is_no_tool() {
        assertThat(Exclusions.jdkTool(null, null)).isFalse();
    }
}
