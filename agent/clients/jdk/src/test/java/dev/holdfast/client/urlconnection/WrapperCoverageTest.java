package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.Test;

/**
 * Every method of the JDK's classes is overridden in a wrapper, since its default would speak of a connection that
 * never was. On a new JDK, a new method fails this test. (What the JDK's own classes have beyond the API is out of a
 * program's reach: their packages are not exported.)
 */
class WrapperCoverageTest {
    @Test
    void everyMethodOfTheApiIsOverridden() {
        assertThat(missing(HttpConnectionWrapper.class, HttpURLConnection.class))
                .isEmpty();
        assertThat(missing(HttpsConnectionWrapper.class, HttpsURLConnection.class))
                .isEmpty();
    }

    /** They cannot share what they say, so it is held here that both say the same, word for word. */
    @Test
    void whatOneFrontSaysItsTwinSaysToo() throws IOException {
        String first = text(HttpConnectionWrapper.class);
        String twin = text(HttpsConnectionWrapper.class).replace("HttpsConnectionWrapper(", "HttpConnectionWrapper(");

        assertThat(twin).startsWith(first.substring(0, first.lastIndexOf('}')));
    }

    /** Everything in the class. */
    private static String text(Class<?> wrapper) throws IOException {
        String source = Files.readString(Path.of(
                "src/main/java", wrapper.getPackageName().replace('.', '/'), wrapper.getSimpleName() + ".java"));
        return source.substring(source.indexOf("implements ConnectionWrapper {"));
    }

    private static TreeSet<String> missing(Class<?> wrapper, Class<?> api) {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> c = api; c != Object.class; c = c.getSuperclass()) {
            for (Method method : c.getDeclaredMethods()) {
                if (canBeCalled(method) && !Modifier.isFinal(method.getModifiers())) {
                    missing.add(signature(method));
                }
            }
        }
        missing.removeAll(declared(wrapper));
        return missing;
    }

    private static List<String> declared(Class<?> wrapper) {
        return Arrays.stream(wrapper.getDeclaredMethods())
                .map(WrapperCoverageTest::signature)
                .toList();
    }

    private static boolean canBeCalled(Method method) {
        int modifiers = method.getModifiers();
        return (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers))
                && !Modifier.isStatic(modifiers)
                && !method.isSynthetic();
    }

    private static String signature(Method method) {
        return method.getName()
                + Stream.of(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
