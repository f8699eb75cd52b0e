package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.StartLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that is a module: on the module path, with fewer modules around it, and in a run-time image of its own. */
class ModulesIT {
    private static final String MAIN = "served/" + Program.class.getName();

    @TempDir
    Path directory;

    private Path config;
    private Path module;

    @BeforeEach
    void makeModule() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                initial_delay = "1ms"
                max_delay = "1ms"
                """);
        module = directory.resolve("served");
        Path classes = Path.of("target", "test-classes");
        for (Class<?> type : new Class<?>[] {Program.class, Flaky.class}) {
            String file = type.getName().replace('.', '/') + ".class";
            Files.createDirectories(module.resolve(file).getParent());
            Files.copy(classes.resolve(file), module.resolve(file));
        }
        Path declaration =
                Files.writeString(directory.resolve("module-info.java"), "module served { requires java.net.http; }");
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, "--release", "17", "-d", module.toString(), declaration.toString());
        assertThat(status).isZero();
    }

    @Test
    void on_the_module_path() {
        Jdks.sideBySide(jdk -> served(new ForkedJvm(jdk)
                .agent(config.toString())
                .classPath("")
                .main("-p", module.toString(), "-m", MAIN)
                .run()
                .succeeded()));
    }

    @Test
    void with_as_few_modules_as_an_agent_needs() {
        Jdks.sideBySide(jdk -> served(new ForkedJvm(jdk)
                .agent(config.toString())
                .classPath("")
                .jvm("--limit-modules", "java.net.http,java.instrument")
                .main("-p", module.toString(), "-m", MAIN)
                .run()
                .succeeded()));
    }

    @Test
    void in_an_image_that_holds_the_program_and_little_else() {
        Jdks.sideBySide(jdk -> {
            Path image = directory.resolve("image" + jdk.feature());
            Process jlink = new ProcessBuilder(
                            jdk.tool("jlink").toString(),
                            "--module-path",
                            module.toString(),
                            "--add-modules",
                            "served,java.instrument",
                            "--output",
                            image.toString())
                    .inheritIO()
                    .start();
            assertThat(jlink.waitFor()).isZero();

            ForkedJvm program = new ForkedJvm(new Jdk(jdk.feature(), image)).classPath("");
            assertThat(program.main("-m", MAIN).run().succeeded().lines()).containsExactly(Program.UNTOUCHED);
            served(new ForkedJvm(new Jdk(jdk.feature(), image))
                    .agent(config.toString())
                    .classPath("")
                    .main("-m", MAIN)
                    .run()
                    .succeeded());
        });
    }

    private void served(Result result) {
        assertThat(result.lines()).as(result.err()).containsExactly(Program.SERVED);
        assertThat(StartLine.plain(result.err()).lines())
                .containsExactly("[holdfast] 0.1.0 is active: 1 policy from " + config);
    }
}
