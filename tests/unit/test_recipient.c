/* Who a handle is: clients, staff, strangers; and one number with several people. */
#include "test.h"
#include "engine/recipient.h"
#include "store/store.h"

static struct model *model;
static struct db *db;

static int set_up(void **state)
{
	struct faults faults = { 0 };

	(void)state;
	assert_int_equal(model_load("config", &faults, &model), 0);
	faults_done(&faults);
	return store_open_memory(&db);
}

static int tear_down(void **state)
{
	(void)state;
	model = model_free(model);
	db = db_close(db);
	return 0;
}

static void expect(const char *handle, const char *number)
{
	struct recipient recipient;

	assert_int_equal(recipient_find(db, model, handle, &recipient), 0);
	if (!number) {
		assert_null(recipient.client);
		return;
	}
	assert_non_null(recipient.client);
	assert_string_equal(recipient.client->id, handle);
	assert_string_equal(recipient.client->phone, number);
	assert_string_equal(recipient.client->language, "en");
	assert_non_null(recipient.client->zone);
}

GROUP_FIXTURE(set_up, tear_down);

TEST(test_handles)
{
	char stranger[STRANGER_HANDLE];

	assert_int_equal(strangers_handle(db, "+13125550199", 1, stranger), 0);
	expect("r-1042", "+13125550142");
	expect("@mreyes", "+13125550111");
	expect(stranger, "+13125550199");
	expect("r-9999", NULL);
	expect("@nobody", NULL);
	expect("?99", NULL);
	assert_true(recipient_is_client("r-1042"));
	assert_false(recipient_is_client("@mreyes"));
	assert_false(recipient_is_client("?1"));
}

TEST(test_phonebook)
{
	const struct client *const *list;
	const struct may_ask *may_ask;
	char handle[STRANGER_HANDLE];
	struct recipient recipient;
	struct phonebook *book = NULL;

	assert_int_equal(phonebook_new(model, &book), 0);
	assert_int_equal(phonebook_clients(book, "+13125550142", &list), 1);
	assert_string_equal(list[0]->id, "r-1042");
	assert_int_equal(phonebook_clients(book, "+1", &list), 0);
	assert_int_equal(phonebook_clients(book, "+99999999999", &list), 0);
	assert_string_equal(phonebook_staff(book, "+13125550112")->id, "dcole");
	assert_null(phonebook_staff(book, "+13125550142"));

	/* Who may ask for help for a client is none, and is written to in a language of her own. */
	assert_int_equal(phonebook_may_ask(book, "+13125550142", &may_ask), 0);
	assert_int_equal(phonebook_may_ask(book, "+13125550176", &may_ask), 1);
	assert_string_equal(may_ask[0].client->id, "r-1042");
	assert_int_equal(phonebook_clients(book, "+13125550176", &list), 0);
	may_ask[0].client->loved_ones[0].language = (char *)"es";
	assert_int_equal(strangers_handle(db, "+13125550176", 1, handle), 0);
	assert_int_equal(recipient_find(db, model, handle, &recipient), 0);
	assert_string_equal(recipient.client->language, "es");

	/* Two on one phone, in the order of their handles. */
	model->clients[1].phone = model->clients[0].phone;
	book = phonebook_free(book);
	assert_int_equal(phonebook_new(model, &book), 0);
	assert_int_equal(phonebook_clients(book, model->clients[0].phone, &list), 2);
	assert_ptr_equal(list[0], &model->clients[0]);
	assert_ptr_equal(list[1], &model->clients[1]);
	book = phonebook_free(book);
}
