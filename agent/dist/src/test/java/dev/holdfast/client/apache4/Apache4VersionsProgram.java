package dev.holdfast.client.apache4;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Calls a server with several copies of the library, each in a class loader of its own: those in the directories and
 * jars of its arguments behind the server's address. With {@code attach AGENT OPTIONS} before them, attaches the agent
 * when all clients are made.
 */
final class Apache4VersionsProgram {
    private Apache4VersionsProgram() {}

    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        List<String> options = List.of();
        if (rest.get(0).equals("attach")) {
            options = List.copyOf(rest.subList(1, 3));
            rest.subList(0, 3).clear();
        }
        String server = rest.remove(0);
        Map<String, Function<String, String>> callers = new LinkedHashMap<>();
        for (String path : rest) {
            callers.put(path.substring(path.lastIndexOf('=') + 1), caller(path.substring(0, path.lastIndexOf('='))));
        }
        if (!options.isEmpty()) {
            ByteBuddyAgent.attach(
                    new File(options.get(0)),
                    Long.toString(ProcessHandle.current().pid()),
                    options.get(1));
        }
        callers.forEach((name, caller) -> System.out.println(name + ": " + caller.apply(server + '/' + name)));
    }

    @SuppressWarnings("unchecked") // the class is known
    private static Function<String, String> caller(String classPath) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String part : classPath.split(File.pathSeparator, -1)) {
            urls.add(new File(part).toURI().toURL());
        }
        ClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        return (Function<String, String>)
                loader.loadClass(Apache4Caller.class.getName()).getConstructor().newInstance();
    }
}
