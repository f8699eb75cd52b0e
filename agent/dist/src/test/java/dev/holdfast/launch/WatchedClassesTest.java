package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.runtime.Clients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The launch classes, which cannot see the list of clients, look for the classes that the list names. With
 * {@code -Dholdfast.writeGolden=true} their copy is written anew.
 */
class WatchedClassesTest {
    @Test
    void the_watch_looks_for_the_owners_of_all_join_points_and_for_no_others() throws IOException {
        Set<String> owners = new LinkedHashSet<>();
        for (ClientInstrumentation client : Clients.ALL) {
            for (JoinPoint point : client.joinPoints()) {
                String root = client.rootPackage();
                owners.add(root == null ? point.owner() : point.owner().substring(root.length()));
            }
        }
        if (Boolean.getBoolean("holdfast.writeGolden")) {
            write(owners);
        } else {
            assertThat(WatchedClasses.NAMES)
                    .as("run this test with -Dholdfast.writeGolden=true")
                    .isEqualTo(String.join(" ", owners) + ' ');
            assertThat(owners)
                    .allMatch(name -> AgentTransformer.watches(name) || AgentTransformer.watchesInLibrary(name));
            assertThat(AgentTransformer.watches("java/net/HttpURLConnection")).isFalse();
        }
    }

    private static void write(Collection<String> owners) throws IOException {
        Path file = Stream.of(".", "../bootstrap")
                .map(module -> Path.of(module, "src/main/java/dev/holdfast/launch/WatchedClasses.java"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        String text = Files.readString(file);
        StringBuilder names = new StringBuilder("NAMES = \"\"");
        for (String owner : owners) {
            names.append("\n            + \"").append(owner).append(" \"");
        }
        int from = text.indexOf("NAMES = ");
        Files.writeString(file, text.substring(0, from) + names + text.substring(text.indexOf(';', from)));
    }
}
