// YAML read into a protobuf message, with the place of every mistake.
#ifndef PROJECTIONS_RULES_YAML_MESSAGE_H_
#define PROJECTIONS_RULES_YAML_MESSAGE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace journey::projections {

// A place in a text; both count from 1.
struct YamlPlace {
  int line = 1;
  int column = 1;
};

// What is wrong with one field and the way out. `field` is empty where the
// text as a whole is meant.
struct YamlMistake {
  YamlPlace place;
  std::string field;
  std::string description;
};

// What was found while reading.
struct YamlReading {
  // In the order of the text.
  std::vector<YamlMistake> mistakes;
  // Where each field stands, by its path, for example
  // "pipelines[0].stages[2].id"; the message itself by "".
  std::map<std::string, YamlPlace> places;
};

// Reads one YAML document into `message` by the names of its fields. Enums
// are written by their full names or in lower case without the prefix
// ("warning"), numbers and true/false without quotes. Reports fields that the
// message does not have, repeated keys, wrong types and numbers out of range,
// all of them at once; `message` is complete only without mistakes.
[[nodiscard]] YamlReading ReadYaml(absl::string_view text,
                                   google::protobuf::Message& message);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_YAML_MESSAGE_H_
