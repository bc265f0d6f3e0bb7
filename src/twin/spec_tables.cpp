#include "twin/spec_tables.h"

namespace millrace::twin {

using config::Need;
using config::TableOf;

namespace {

constexpr double kRowsMax = 10'000;
constexpr double kAnyNumber = 1e300;
constexpr double kDaysMax = 36'500;

TableOf<PlaceSpec> make_place_table() {
  using S = PlaceSpec;
  TableOf<S> table("Place", "Where the thing stands, after ISA-95.");
  table.name({.key = "site", .sentence = "Name of a Site.", .need = Need::kRequired}, &S::site)
      .name({.key = "area", .sentence = "Area of the site."}, &S::area)
      .name({.key = "line", .sentence = "Production line or unit of the area."}, &S::line)
      .name({.key = "cell", .sentence = "Work cell of the line."}, &S::cell);
  return table;
}

const TableOf<PlaceSpec>& place_table() {
  static const auto kTable = make_place_table();
  return kTable;
}

TableOf<BindingRow> make_row_table(const std::string& target, const std::string& sentence) {
  using S = BindingRow;
  TableOf<S> table("Row", sentence);
  table
      .name({.key = target, .sentence = "Name in the thing's model.", .need = Need::kRequired},
            &S::target)
      .text({.key = "address",
             .sentence = "Where the source has it: an OPC UA node id, a Modbus register, a metric, "
                         "a JSON pointer or path.",
             .need = Need::kRequired},
            &S::address, {0, 1000})
      .text({.key = "unit",
             .sentence = "Unit of the source, after scale and offset; needed where the model has "
                         "one."},
            &S::unit, {0, 40})
      .number({.key = "scale", .sentence = "The raw value is multiplied by this first."}, &S::scale,
              {-kAnyNumber, kAnyNumber})
      .number({.key = "offset", .sentence = "And this is added, before units are converted."},
              &S::offset, {-kAnyNumber, kAnyNumber})
      .texts_by_text(
          {.key = "values", .sentence = "For states: raw value to the value of the model."},
          &S::values, {0, 1000});
  return table;
}

const TableOf<BindingRow>& property_row_table() {
  static const auto kTable = [] {
    auto table = make_row_table("property", "What feeds a property.");
    table.text(
        {.key = "quality",
         .sentence = "Of MQTT: JSON path to whether the value is good: true, 1, 192 or a text "
                     "such as good; false, 0 and others are bad."},
        &BindingRow::quality, {0, 1000});
    return table;
  }();
  return kTable;
}

const TableOf<BindingRow>& action_row_table() {
  static const auto kTable = make_row_table("action", "Where an action's input is written.");
  return kTable;
}

TableOf<SparkplugSource> make_sparkplug_table() {
  using S = SparkplugSource;
  TableOf<S> table("Sparkplug source", "A Sparkplug node that is no Millrace edge.");
  table
      .text({.key = "group", .sentence = "Group id.", .need = Need::kRequired}, &S::group, {1, 200})
      .text({.key = "node", .sentence = "Edge node id.", .need = Need::kRequired}, &S::node,
            {1, 200})
      .text({.key = "device", .sentence = "Device id; none for metrics of the node itself."},
            &S::device, {0, 200});
  return table;
}

const TableOf<SparkplugSource>& sparkplug_table() {
  static const auto kTable = make_sparkplug_table();
  return kTable;
}

TableOf<MqttSource> make_mqtt_table() {
  using S = MqttSource;
  TableOf<S> table("MQTT source", "A topic with JSON.");
  table
      .text({.key = "topic",
             .sentence = "Topic; '+' stands for any one level.",
             .need = Need::kRequired},
            &S::topic, {1, 1000})
      .text({.key = "time",
             .sentence = "JSON pointer of the source's time; the time of arrival without it."},
            &S::time, {0, 1000});
  return table;
}

const TableOf<MqttSource>& mqtt_table() {
  static const auto kTable = make_mqtt_table();
  return kTable;
}

TableOf<SiteSpec> make_site_table() {
  using S = SiteSpec;
  TableOf<S> table("Site", "A plant, a building, a place with edges.");
  table
      .titles({.key = "title", .sentence = "Name for people: a text, or {en: …, zh: …}."},
              &S::title)
      .text({.key = "enterprise", .sentence = "Whose it is."}, &S::enterprise, {0, 100})
      .text({.key = "time_zone", .sentence = "IANA time zone, e.g. Europe/Berlin."}, &S::time_zone,
            {0, 64});
  return table;
}

TableOf<ThingSpec> make_thing_table() {
  using S = ThingSpec;
  TableOf<S> table("Thing", "A digital twin; its identity survives hardware.");
  table
      .titles({.key = "title", .sentence = "Name for people: a text, or {en: …, zh: …}."},
              &S::title)
      .text({.key = "model",
             .sentence = "Its thing model as name@version, e.g. centrifugal-pump@2.",
             .need = Need::kRequired},
            &S::model, {1, 80})
      .section({.key = "place", .sentence = "Where it stands."}, &S::place, place_table())
      .texts_by_text({.key = "tags", .sentence = "Free words to find it by, key: value."}, &S::tags,
                     {0, 100})
      .texts_by_text({.key = "placeholders", .sentence = "Values for the model's {{NAMES}}."},
                     &S::placeholders, {0, 1000})
      .texts({.key = "optional",
              .sentence = "Which optional affordances it has; all of them without this list."},
             &S::optional);
  return table;
}

TableOf<BindingSpec> make_binding_table() {
  using S = BindingSpec;
  TableOf<S> table("Binding", "Which addresses of one source feed a thing.");
  table.name({.key = "thing", .sentence = "Name of the Thing.", .need = Need::kRequired}, &S::thing)
      .name({.key = "connection", .sentence = "Name of the Connection that an edge reads."},
            &S::connection)
      .section({.key = "sparkplug", .sentence = "Or a Sparkplug node of a third party."},
               &S::sparkplug, sparkplug_table())
      .section({.key = "mqtt", .sentence = "Or a topic with JSON."}, &S::mqtt, mqtt_table())
      .sections({.key = "properties", .sentence = "What feeds which property."}, &S::properties,
                property_row_table(), {0, kRowsMax})
      .sections({.key = "actions", .sentence = "Where actions are written."}, &S::actions,
                action_row_table(), {0, kRowsMax});
  return table;
}

TableOf<Retention> make_retention_table() {
  using S = Retention;
  TableOf<S> table("Retention", "How long what is kept, in days; 0 keeps it for ever.");
  table.integer({.key = "raw_d", .sentence = "Samples.", .unit = "d"}, &S::raw_days, {0, kDaysMax})
      .integer({.key = "minutes_d", .sentence = "Averages of minutes.", .unit = "d"},
               &S::minutes_days, {0, kDaysMax})
      .integer({.key = "hours_d", .sentence = "Averages of hours.", .unit = "d"}, &S::hours_days,
               {0, kDaysMax});
  return table;
}

std::optional<TableOf<AlarmLimit>::Complaint> check_alarm(const AlarmLimit& alarm) {
  using Complaint = TableOf<AlarmLimit>::Complaint;
  if (!alarm.above && !alarm.below) {
    return Complaint{"name", "the alarm has no limit", "Give it 'above' or 'below'."};
  }
  if (alarm.above && alarm.below) {
    return Complaint{"above", "the alarm has two limits", "Make two alarms of it."};
  }
  return std::nullopt;
}

TableOf<AlarmLimit> make_alarm_table() {
  using S = AlarmLimit;
  TableOf<S> table("Alarm", "A value beyond which operators want to know.");
  table
      .name({.key = "name",
             .sentence = "high, high_high, low, low_low or another name.",
             .need = Need::kRequired},
            &S::name)
      .number({.key = "above", .sentence = "Values above this, in the property's unit."}, &S::above,
              {-kAnyNumber, kAnyNumber})
      .number({.key = "below", .sentence = "Values below this, in the property's unit."}, &S::below,
              {-kAnyNumber, kAnyNumber})
      .choice({.key = "severity", .sentence = "How bad it is."}, &S::severity,
              {{"uncertain", model::Severity::kUncertain}, {"bad", model::Severity::kBad}})
      .check(check_alarm);
  return table;
}

}  // namespace

const TableOf<SiteSpec>& site_table() {
  static const auto kTable = make_site_table();
  return kTable;
}

const TableOf<ThingSpec>& thing_table() {
  static const auto kTable = make_thing_table();
  return kTable;
}

const TableOf<ConnectionSpec>& connection_table() {
  static const auto kTable =
      TableOf<ConnectionSpec>("Connection", "A server or device that an edge reads.")
          .name({.key = "edge", .sentence = "Name of the edge.", .need = Need::kRequired},
                &ConnectionSpec::edge);
  return kTable;
}

const TableOf<BindingSpec>& binding_table() {
  static const auto kTable = make_binding_table();
  return kTable;
}

const TableOf<Retention>& retention_table() {
  static const auto kTable = make_retention_table();
  return kTable;
}

const TableOf<AlarmLimit>& alarm_table() {
  static const auto kTable = make_alarm_table();
  return kTable;
}

const config::Table* spec_table(Kind kind) {
  switch (kind) {
    case Kind::kSite:
      return &site_table();
    case Kind::kThing:
      return &thing_table();
    case Kind::kConnection:
      return &connection_table();
    case Kind::kBinding:
      return &binding_table();
    case Kind::kRetention:
      return &retention_table();
    case Kind::kThingModel:
      break;
  }
  return nullptr;
}

}  // namespace millrace::twin
