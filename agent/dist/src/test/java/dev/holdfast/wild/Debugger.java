package dev.holdfast.wild;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequestManager;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A debugger of {@link Debugged}: has breakpoints where that stops and in a method that Holdfast wove, and swaps a
 * class of the program's, and all woven ones, when the program stops.
 */
final class Debugger {
    private static final long PATIENCE_MILLIS = 30_000;

    private final VirtualMachine machine;
    private final EventRequestManager requests;
    private final Jdk jdk;

    /** Attaches to a JVM, of that JDK, that waits for a debugger. */
    Debugger(Jdk jdk, int port) throws Exception {
        this.jdk = jdk;
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(candidate -> candidate.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(String.valueOf(port));
        machine = connector.attach(arguments);
        requests = machine.eventRequestManager();
    }

    /** Lets the program run to its end; gives the names of the methods in which it stopped. */
    List<String> run() throws Exception {
        List<String> stops = new ArrayList<>();
        prepared(Debugged.class.getName());
        prepared("jdk.internal.net.http.HttpClientFacade");
        machine.resume();
        try {
            while (true) {
                EventSet events = machine.eventQueue().remove(PATIENCE_MILLIS);
                if (events == null) {
                    throw new AssertionError("nothing happens any more; stopped in " + stops);
                }
                for (Event event : events) {
                    if (event instanceof VMDisconnectEvent) {
                        return stops;
                    } else if (event instanceof ClassPrepareEvent prepared) {
                        stopIn(prepared.referenceType());
                    } else if (event instanceof BreakpointEvent stop) {
                        String method = stop.location().method().name();
                        stops.add(method);
                        if (method.equals("here")) {
                            swap();
                        }
                    }
                }
                events.resume();
            }
        } catch (VMDisconnectedException e) {
            return stops; // the program is over
        }
    }

    private void prepared(String name) {
        ClassPrepareRequest request = requests.createClassPrepareRequest();
        request.addClassFilter(name);
        request.enable();
    }

    private void stopIn(ReferenceType type) {
        String method = type.name().equals(Debugged.class.getName()) ? "here" : "send";
        requests.createBreakpointRequest(type.methodsByName(method).get(0).location())
                .enable();
    }

    private void swap() throws Exception {
        Map<ReferenceType, byte[]> swapped = new HashMap<>();
        swapped.put(machine.classesByName(Swapped.class.getName()).get(0), ClassFiles.swapped());
        for (String name : ClassFiles.WOVEN) {
            for (ReferenceType type : machine.classesByName(name)) {
                swapped.put(type, original(name));
            }
        }
        machine.redefineClasses(swapped);
    }

    /** Returns the class file of that JDK, which need not be the one that this runs on. */
    private byte[] original(String name) throws IOException {
        try (FileSystem image = FileSystems.newFileSystem(
                URI.create("jrt:/"), Map.of("java.home", jdk.home().toString()))) {
            String module = name.startsWith("jdk.internal.net.http.") ? "java.net.http" : "java.base";
            return Files.readAllBytes(image.getPath("modules", module, name.replace('.', '/') + ".class"));
        }
    }
}
