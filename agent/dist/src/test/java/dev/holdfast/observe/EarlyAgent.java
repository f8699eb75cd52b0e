package dev.holdfast.observe;

import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * An agent that stands in front of ours, and needs JMX ({@code management}) or the flight recorder ({@code recording})
 * before ours can look at the classes that the JVM loads.
 */
public final class EarlyAgent {
    private EarlyAgent() {}

    /** Called by the JVM. */
    @SuppressWarnings("resource") // the recording ends with the program
    public static void premain(String argument, Instrumentation instrumentation) {
        if (argument.equals("management")) {
            ManagementFactory.getPlatformMBeanServer();
        } else {
            new Recording().start();
        }
    }

    /**
     * An ordinary program, which then says how many of its attempts were answered by 200 and are in the agent's
     * recording.
     */
    public static void main(String[] arguments) throws Exception {
        ObservedProgram.calls();
        Path file = Files.createTempFile("early", ".jfr");
        try {
            FlightRecorder.getFlightRecorder().getRecordings().get(0).dump(file);
            long answered = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("dev.holdfast.Attempt"))
                    .filter(event -> event.getString("outcome").equals("200"))
                    .count();
            System.out.println(answered + " recorded");
        } finally {
            Files.delete(file);
        }
    }
}
