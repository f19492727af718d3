// `journeyctl tasks list`.
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"
#include "google/protobuf/util/json_util.h"

namespace journey::cli {
namespace {

struct TasksOptions {
  std::string owner;
  std::string priority;
  std::string due_by;
  std::vector<std::string> types;
  std::vector<std::string> attributes;
  PageOptions pages;
};

// What reads as JSON is meant so: 17 is a number, "17" in quotes a text. All
// else is a text as it stands.
google::protobuf::Value ParseValue(const std::string& text) {
  google::protobuf::Value value;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &value);
  if (!status.ok() || value.has_null_value()) value.set_string_value(text);
  return value;
}

absl::StatusOr<v1::ListTasksRequest> MakeRequest(const Invocation& invocation,
                                                 const Settings& settings,
                                                 const TasksOptions& options) {
  v1::ListTasksRequest request;
  request.set_tenant_id(settings.tenant);
  request.set_owner_id(options.owner);
  if (!options.priority.empty()) {
    const auto priority =
        ParseEnumFlag<v1::SignalPriority>("--priority", options.priority);
    if (!priority.ok()) return priority.status();
    request.set_priority_min(*priority);
  }
  if (!options.due_by.empty()) {
    const absl::Status status = SetInstant(
        invocation, "--due-by", options.due_by, request.mutable_due_by());
    if (!status.ok()) return status;
  }
  for (const std::string& name : options.types) {
    const auto type = ParseEnumFlag<v1::SignalType>("--type", name);
    if (!type.ok()) return type.status();
    request.add_types(*type);
  }
  for (const std::string& attribute : options.attributes) {
    const size_t equals = attribute.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError(
          absl::StrCat("--attribute: \"", attribute,
                       "\" is not KEY=VALUE, for example offer_id=O-17"));
    }
    (*request.mutable_attributes()
          ->mutable_fields())[attribute.substr(0, equals)] =
        ParseValue(attribute.substr(equals + 1));
  }
  return request;
}

absl::StatusOr<int> RunList(const Invocation& invocation,
                            const TasksOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = MakeRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const auto response = FetchPages<v1::SignalService>(
      *settings, options.pages, &v1::SignalService::StubInterface::ListTasks,
      *request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->items(), "tasks",
            [&](const std::vector<v1::ActionItem>& items) {
              PrintActionItems(items, invocation.environment.columns,
                               invocation.out());
            });
  return kExitOk;
}

}  // namespace

void AddTasksCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group = AddCommand(root, "tasks", "Show what is to be done",
                               "  journeyctl tasks list --owner anna");
  group->require_subcommand(1);
  CLI::App* command =
      AddCommand(*group, "list", "List what is to be done, by when it is due",
                 "  journeyctl tasks list --owner anna --due-by +1d\n"
                 "  journeyctl tasks list --priority high --all -o ndjson\n"
                 "  journeyctl tasks list --attribute offer_id=O-17\n"
                 "A VALUE that reads as a number, true or false is one; "
                 "'\"17\"' is text.");
  auto options = std::make_shared<TasksOptions>();
  command->add_option("--owner", options->owner, "Only of this owner")
      ->type_name("ID");
  AddEnumOption<v1::SignalPriority>(*command, "--priority", options->priority,
                                    "Only as urgent as this, or more");
  command
      ->add_option("--due-by", options->due_by,
                   "Only those due by then: RFC 3339, a day, or +2d")
      ->type_name("INSTANT");
  AddEnumOption<v1::SignalType>(
      *command, "--type", options->types,
      "Only signals of these types; no planned tasks then")
      ->delimiter(',');
  command
      ->add_option("--attribute", options->attributes,
                   "Only with it; may be given several times")
      ->type_name("KEY=VALUE");
  AddPageOptions(*command, invocation, options->pages);
  OnRun(*command, invocation, options, RunList);
}

}  // namespace journey::cli
