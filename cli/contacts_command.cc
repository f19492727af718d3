// `journeyctl journey contacts`.
#include <memory>
#include <string>

#include "cli/client.h"
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

absl::StatusOr<v1::ListContactsRequest> ContactsRequest(
    const Invocation& invocation, const Settings& settings,
    const ContactsOptions& options) {
  const auto subject = ParseSubject(options.subject);
  if (!subject.ok()) return subject.status();
  v1::ListContactsRequest request;
  request.set_tenant_id(settings.tenant);
  *request.mutable_subject() = *subject;
  absl::Status status;
  if (!options.as_of.empty()) {
    status = SetInstant(invocation, "--as-of", options.as_of,
                        request.mutable_as_of());
  }
  if (status.ok() && !options.known_at.empty()) {
    status = SetInstant(invocation, "--known-at", options.known_at,
                        request.mutable_known_at());
  }
  if (!status.ok()) return status;
  return request;
}

absl::StatusOr<int> RunContacts(const Invocation& invocation,
                                const ContactsOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = ContactsRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const std::unique_ptr<v1::JourneyService::StubInterface> stub =
      v1::JourneyService::NewStub(OpenChannel(*settings));
  const auto response =
      FetchPages(*stub, *settings, options.pages,
                 &v1::JourneyService::StubInterface::ListContacts, *request);
  if (!response.ok()) return response.status();
  if (settings->format == Format::kJson) {
    (void)PrintJson(invocation, Format::kJson, *response);
    return 0;
  }
  if (settings->format == Format::kNdjson) {
    for (const v1::JourneyContact& contact : response->contacts()) {
      (void)PrintJson(invocation, Format::kNdjson, contact);
    }
  } else if (response->contacts().empty()) {
    PrintNone(invocation, "contacts", response->next_page_token());
  } else {
    PrintContacts({response->contacts().begin(), response->contacts().end()},
                  invocation.out());
  }
  PrintMore(invocation, response->next_page_token());
  return 0;
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
  AddPageOptions(*command, options->pages);
  OnRun(*command, invocation, options, RunContacts);
}

}  // namespace journey::cli
