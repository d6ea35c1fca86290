package dev.headwater.examples.shop;

import dev.headwater.Message;
import dev.headwater.MessageTypes.RegisteredType;
import dev.headwater.broker.spi.Topic;
import dev.headwater.schema.asyncapi.AsyncApi;
import dev.headwater.schema.asyncapi.ServiceMessages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The AsyncAPI document of each service: what it says to the others and hears of them, whether they react to each other
 * or one directs them.
 */
final class Contracts {

    private static final String VERSION = "1";
    private static final int REPLICAS = 3;
    private static final Map<String, Topic> TOPICS = new BrokerAddress.InKafka("", REPLICAS)
            .topics().stream().collect(Collectors.toMap(Topic::name, Function.identity()));

    private Contracts() {}

    /**
     * Writes the documents to a folder, unless a service would not understand another one, as it is now or as its
     * document in the folder says.
     *
     * @return whether they understand each other
     */
    static boolean write(Path folder, PrintWriter out) throws IOException {
        Files.createDirectories(folder);
        var documents = documents();
        var versions = new ArrayList<>(documents.values());
        for (var service : Service.values()) {
            var file = file(folder, service);
            if (Files.exists(file)) {
                versions.add(read(file));
            }
        }
        var misfits = misfits(versions);
        if (!misfits.isEmpty()) {
            out.println("The services do not understand each other, so nothing was written:");
            misfits.forEach(out::println);
            out.flush();
            return false;
        }
        for (var document : documents.entrySet()) {
            document.getValue().write(file(folder, document.getKey()));
        }
        out.println("Wrote the contracts of " + documents.size() + " services to " + folder
                + "; each understands what the others send.");
        out.flush();
        return true;
    }

    /** What does not fit between each of the services and each other one. */
    static Set<String> misfits(Collection<AsyncApi> services) {
        var misfits = new TreeSet<String>();
        for (var sender : services) {
            for (var receiver : services) {
                if (!sender.service().equals(receiver.service())) {
                    AsyncApi.compatible(sender, receiver)
                            .forEach(misfit ->
                                    misfits.add(sender.service() + " to " + receiver.service() + ": " + misfit));
                }
            }
        }
        return misfits;
    }

    static Map<Service, AsyncApi> documents() {
        var documents = new EnumMap<Service, AsyncApi>(Service.class);
        for (var service : Service.values()) {
            documents.put(service, AsyncApi.of(messages(service)));
        }
        return documents;
    }

    static Path file(Path folder, Service service) {
        return folder.resolve(service + ".json");
    }

    private static AsyncApi read(Path file) throws IOException {
        try {
            return AsyncApi.read(file);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage() + ": delete it, or choose another folder", e);
        }
    }

    private static ServiceMessages messages(Service service) {
        var messages = ServiceMessages.of(service.toString(), VERSION, new ShopMessages());
        for (var sent : byTopic(sent(service)).entrySet()) {
            messages = messages.sends(topic(sent.getKey()), sent.getValue());
        }
        for (var heard : byTopic(heard(service)).entrySet()) {
            messages = messages.receives(topic(heard.getKey()), heard.getValue());
        }
        return messages;
    }

    private static Topic topic(String name) {
        return Objects.requireNonNull(TOPICS.get(name), name);
    }

    /** Its events, and the commands of whoever directs the others. */
    private static Set<String> sent(Service service) {
        var types = new TreeSet<>(service.events());
        if (service == Service.ORDERING) {
            EnumSet.complementOf(EnumSet.of(service)).forEach(other -> types.addAll(other.commands()));
        }
        return types;
    }

    private static Set<String> heard(Service service) {
        var types = new TreeSet<String>();
        Arrays.stream(ProcessStyle.values())
                .map(style -> Topics.heardBy(service, style))
                .forEach(heard -> heard.values().forEach(types::addAll));
        switch (service) {
            case NOTIFICATION -> types.addAll(Shop.typesOf(Shop.CONFIRMED));
            case ANALYTICS -> Shop.projections().forEach(each -> types.addAll(Shop.typesOf(each.query())));
            case ORDERING, PAYMENT, INVENTORY, SHIPPING -> {}
        }
        return types;
    }

    private static Map<String, Class<? extends Message>[]> byTopic(Set<String> types) {
        return Shop.TYPES.all().stream()
                .filter(type -> types.contains(type.name()))
                .collect(Collectors.groupingBy(
                        type -> Topics.of(type.name()),
                        TreeMap::new,
                        Collectors.collectingAndThen(Collectors.toList(), Contracts::classes)));
    }

    @SuppressWarnings("unchecked") // there are no arrays of generic classes
    private static Class<? extends Message>[] classes(List<RegisteredType> types) {
        return types.stream().map(RegisteredType::type).toArray(Class[]::new);
    }
}
