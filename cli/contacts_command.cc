// `journeyctl journey contacts`.
#include <memory>
#include <string>
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct ContactsOptions {
  std::string subject;
  std::string as_of;
  std::string known_at;
  PageOptions pages;
};

absl::StatusOr<int> RunContacts(const Invocation& invocation,
                                const ContactsOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  auto request =
      RequestAbout<v1::ListContactsRequest>(*settings, options.subject);
  if (!request.ok()) return request.status();
  absl::Status status = SetAsOf(invocation, options.as_of, *request);
  if (status.ok()) status = SetKnownAt(invocation, options.known_at, *request);
  if (!status.ok()) return status;
  const auto response = FetchPages<v1::JourneyService>(
      *settings, options.pages,
      &v1::JourneyService::StubInterface::ListContacts, *request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->contacts(),
            "contacts", [&](const std::vector<v1::JourneyContact>& contacts) {
              PrintContacts(contacts, invocation.out());
            });
  return kExitOk;
}

}  // namespace

void AddContactsCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "contacts", "List the people of one journey",
                 "  journeyctl journey contacts account:acme\n"
                 "  journeyctl journey contacts account:acme --as-of -30d");
  auto options = std::make_shared<ContactsOptions>();
  AddSubjectArgument(*command, options->subject);
  AddAsOfOption(*command, options->as_of);
  AddKnownAtOption(*command, options->known_at);
  AddPageOptions(*command, invocation, options->pages);
  OnRun(*command, invocation, options, RunContacts);
}

}  // namespace journey::cli
